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
export { type Backtests, type BacktestView, backtestLimits } from "./backtest/index.ts";
export type { Escalations, EscalationView } from "./escalation/index.ts";
export { policy as escalationPolicy } from "./escalation/schema.ts";
export type { Explain } from "./explain/index.ts";
export type { Cause, NoticeKind, Rule, Severity } from "./incident.ts";
export { type AlertLimits, alertBounds, alertLimits } from "./limits.ts";
export type { MuteKind } from "./mute/hold.ts";
export type { Mutes } from "./mute/index.ts";
export { muteLimits } from "./mute/limits.ts";
export type { MuteEntry } from "./mute/records.ts";
export {
  newSilence,
  newWindow,
  selector,
  silenceChange,
  when as windowWhen,
  windowChange,
} from "./mute/schema.ts";
export { muteStates } from "./mute/standing.ts";
export { type IncidentQuery, membersShown } from "./read.ts";
export { createAlerting } from "./room.ts";
export type { previewOf } from "./rules/preview.ts";
export type { Origin, Rulebook, RuleEntry } from "./rules/rulebook.ts";
export { type Rule as AlertRule, rule } from "./rules/schema.ts";
export { controllerMeasurement } from "./self/measurement.ts";
export type { IncidentEvent, IncidentView, Told } from "./view.ts";
export { shownAs } from "./watch.ts";
