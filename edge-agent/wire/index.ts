/** The contract between agent and controller (DESIGN §4). A leaf: zod/mini and nothing else. */
import type * as z from "zod/mini";
import type * as m from "./messages/index.ts";

export { type AgentSettings, agentDefaults, agentSettings, type ProbeSettings } from "./agent-settings.ts";
export { type Admission, type AdmittedPoint, admit, type Refusal } from "./catalogue/admit.ts";
export * from "./catalogue/index.ts";
export { check, type Decoded, decode, encode, type MessageOf, problemsIn, readJson } from "./codec.ts";
export { limits, utf8Length } from "./limits.ts";
export { mergePatch } from "./merge.ts";
export { proofText } from "./messages/enrolment.ts";
export * as messages from "./messages/index.ts";
export { type Purpose, purposes } from "./messages/signed.ts";
export {
  type DownSuffix,
  downFilters,
  type ParsedTopic,
  parseTopic,
  type Suffix,
  type TopicRule,
  topicOf,
  topics,
  type UpSuffix,
} from "./topics.ts";

export type Birth = z.infer<typeof m.birth>;
export type Presence = z.infer<typeof m.presence>;
export type Heartbeat = z.infer<typeof m.heartbeat>;
export type Telemetry = z.infer<typeof m.telemetry>;
export type TelemetryEnvelope = z.infer<typeof m.telemetryEnvelope>;
export type Point = z.infer<typeof m.point>;
export type DeviceEvent = z.infer<typeof m.event>;
export type Delivered = z.infer<typeof m.delivered>;
export type SequenceRange = z.infer<typeof m.sequenceRange>;
export type HeldRange = z.infer<typeof m.heldRange>;
export type SpoolState = z.infer<typeof m.spoolState>;
export type ConfigReported = z.infer<typeof m.configReported>;
export type Signed = z.infer<typeof m.signed>;
export type KeySet = z.infer<typeof m.keySet>;
export type Welcome = z.infer<typeof m.welcome>;
export type Enrolment = z.infer<typeof m.enrolment>;
export type Enrolled = z.infer<typeof m.enrolled>;
export type DeviceKind = z.infer<typeof m.deviceKind>;
export type ClockState = z.infer<typeof m.clockState>;
