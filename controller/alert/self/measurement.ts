import type { Measurement } from "#wire";

/** The controller as its own rules see it. Not stored: /metrics has it. */
export const controllerMeasurement = {
  meaning: "the controller itself",
  tags: {},
  fields: {
    loop_lag_ms: gauge("ms", "how late its turns were at worst, since the last sample"),
    ingest_lag_seconds: gauge("s", "from receiving a message to having stored it, at worst since the last sample"),
    queue_percent: gauge("%", "of the room for messages that wait for the store, taken"),
    outbox_age_seconds: gauge("s", "how long the oldest notice waits that should be out"),
    turn_age_seconds: gauge("s", "since incidents were last decided"),
    disk_free_percent: gauge("%", "of the file system of its data, free"),
    certificate_days: gauge("days", "until its certificate is no longer valid"),
  },
} as const satisfies Measurement;

/** Configuration of a device, as the controller knows it. Not stored either. */
export const configMeasurement = {
  meaning: "configuration of a device, as the controller knows it",
  tags: {},
  fields: {
    applied: { type: "number", unit: "", kind: "state", meaning: "what is wanted is in force: 1 yes, 0 no" },
    drifted: { type: "number", unit: "", kind: "state", meaning: "files are other than they were told: 1 yes, 0 no" },
  },
} as const satisfies Measurement;

function gauge(unit: string, meaning: string) {
  return { type: "number", unit, kind: "gauge", meaning } as const;
}

/** Its name among the devices that rules look at. */
export const self = "controller";
