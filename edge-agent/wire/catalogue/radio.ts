import type { Measurement } from "./index.ts";

export const radio = {
  meaning: "the air as an access point's radio has it",
  tags: { radio: "name of the radio, such as phy0" },
  fields: {
    noise_dbm: { type: "number", unit: "dBm", kind: "gauge", meaning: "noise on the channel in use" },
    utilisation_percent: {
      type: "number",
      unit: "%",
      kind: "gauge",
      meaning: "time that the channel was busy, since the last sample",
      percentiles: true,
    },
    clients: { type: "number", unit: "", kind: "gauge", meaning: "devices on, over all networks of the radio" },
    serving: { type: "number", unit: "", kind: "state", meaning: "whether it serves: 1 yes, 0 no longer" },
    networks: { type: "number", unit: "", kind: "gauge", meaning: "networks (SSIDs) that it serves" },
    retry_percent: {
      type: "number",
      unit: "%",
      kind: "gauge",
      meaning: "of what it sent to devices, sent again, since the last sample",
    },
    channel: { type: "number", unit: "", kind: "state", meaning: "channel in use" },
    frequency_mhz: { type: "number", unit: "MHz", kind: "state", meaning: "its frequency, which tells the band" },
  },
} as const satisfies Measurement;
