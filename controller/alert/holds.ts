import { createEscalation } from "./escalation/index.ts";
import { type AlertLimits, alertLimits } from "./limits.ts";
import { createMutes, type MutesNeeds } from "./mute/index.ts";

/** What holds a notice back, and who is asked next.
 *  @returns `toAlerts` is what the decision asks */
export async function createHolds(needs: Omit<MutesNeeds, "settleMs"> & { limits: Partial<AlertLimits> }) {
  const mutes = await createMutes({ ...needs, settleMs: needs.limits.settleMs ?? alertLimits.settleMs });
  const escalation = await createEscalation(needs);
  return { mutes, escalation, toAlerts: { mutes: mutes.mutes, policy: escalation.policy } };
}
