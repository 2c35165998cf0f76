import type { Measurement } from "./index.ts";

export const probe = {
  meaning: "what a person on this network would get, tried for real",
  tags: { probe: "name of the probe", kind: "dns, tcp, http, portal or icmp" },
  fields: {
    success: { type: "number", unit: "", kind: "state", meaning: "1 worked, 0 did not" },
    latency_ms: {
      type: "number",
      unit: "ms",
      kind: "gauge",
      meaning: "until the answer; absent when there was none",
      percentiles: true,
    },
    loss_percent: { type: "number", unit: "%", kind: "gauge", meaning: "of the tries in this round, unanswered" },
  },
} as const satisfies Measurement;
