export * from "./delivered.ts";
export * from "./enrolment.ts";
export {
  bootId,
  clockState,
  commandId,
  configState,
  configSummary,
  deviceId,
  heldRange,
  sequenceRange,
  spoolState,
} from "./parts.ts";
export * from "./presence.ts";
export * from "./reported.ts";
export * from "./signed.ts";
export * from "./telemetry.ts";
