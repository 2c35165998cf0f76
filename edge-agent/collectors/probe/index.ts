import { isIP } from "node:net";
import type { ProbeSettings } from "#wire";
import type { Host } from "../../host/index.ts";
import type { Log } from "../../log.ts";
import { reason } from "../../log.ts";
import type { Collector, Sample } from "../collector.ts";
import { tryProbe } from "./try.ts";

/** Results that wait to be collected; a loop that isn't collected any more must not fill the memory. */
const mostWaiting = 256;

export interface ProbeNeeds {
  host: Host;
  log: Log;
  settings: { intervalMs: number; probes: readonly ProbeSettings[] };
}

/** What the agent needs itself: the controller's name, its port, its answer. Nobody else is contacted unasked. */
export function defaultProbes(controllerUrl: string): ProbeSettings[] {
  const url = new URL(controllerUrl);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const named = isIP(host) === 0 && host !== "localhost";
  return [
    ...(named ? [{ name: "controller-dns", kind: "dns" as const, lookup: host }] : []),
    { name: "controller-tcp", kind: "tcp", host, port },
    { name: "controller-http", kind: "http", url: new URL("/healthz", url).href, expectStatus: 200 },
  ];
}

/** Tries each probe every `intervalMs`, at its own pace: a slow answer holds up neither the round nor the others. */
export function createProbeCollector({ host, log, settings }: ProbeNeeds): Collector {
  const { time } = host;
  const states = settings.probes.map((probe) => ({
    probe,
    startedAt: Number.NEGATIVE_INFINITY,
    busy: false,
    word: "",
  }));
  let waiting: Sample[] = [];

  async function once(state: (typeof states)[number]): Promise<void> {
    const { probe } = state;
    const outcome = await tryProbe(probe, host);
    const word =
      outcome === undefined
        ? "can't be tried here"
        : outcome.success
          ? "works"
          : `fails: ${outcome.why ?? "no answer"}`;
    // Only changes are worth a line.
    if (word !== state.word && (state.word !== "" || word !== "works")) log.info(`probe ${probe.name} ${word}`);
    state.word = word;
    if (!outcome) return;
    const latency = outcome.latencyMs === undefined ? {} : { latency_ms: outcome.latencyMs };
    const f = { success: outcome.success ? 1 : 0, loss_percent: outcome.lossPercent, ...latency };
    waiting.push({ m: "probe", t: { probe: probe.name, kind: probe.kind }, f, measuredAt: time.monotonic() });
    if (waiting.length > mostWaiting) waiting.shift();
  }

  return {
    name: "probe",
    async collect() {
      const now = time.monotonic();
      for (const state of states) {
        // A tenth of grace: a round that comes a little early must not cost a whole round.
        if (state.busy || now - state.startedAt < settings.intervalMs * 0.9) continue;
        state.startedAt = now;
        state.busy = true;
        once(state)
          .catch((error) => log.error(`probe ${state.probe.name}: ${reason(error)}`))
          .finally(() => {
            state.busy = false;
          });
      }
      const finished = waiting;
      waiting = [];
      return finished;
    },
  };
}
