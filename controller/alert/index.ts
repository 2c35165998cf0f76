/** What is wrong, told once (DESIGN promise 2). The decision is pure; its shell is alerts.ts. */
export { type AlertNeeds, type Alerts, createAlerts } from "./alerts.ts";
export {
  type DeviceFigures,
  type Figures,
  lossCauses,
  type MonthReport,
  type Reports,
  type SiteFigures,
} from "./availability/index.ts";
export type { Cause, NoticeKind, Rule, Severity } from "./incident.ts";
export { type AlertLimits, alertBounds, alertLimits } from "./limits.ts";
export { type IncidentQuery, membersShown } from "./read.ts";
export { createAlerting } from "./room.ts";
export type { Origin, Rulebook, RuleEntry } from "./rules/rulebook.ts";
export { type Rule as AlertRule, rule } from "./rules/schema.ts";
export { controllerMeasurement } from "./self/measurement.ts";
export type { IncidentEvent, IncidentView, Told } from "./view.ts";
