import * as z from "zod/mini";
import { limits, messages } from "#wire";

const { revision, hash } = messages.configSummary.shape;
const document = z.record(z.string(), z.unknown());
const problem = messages.configProblem;
/** Files that are managed, as they were told to be. */
const files = z._default(z.array(z.object({ path: z.string(), hash })).check(z.maxLength(limits.configFiles)), []);

/** Configuration of the device, as it is on flash (`<dataDir>/apply.json`). */
export const applyState = z.object({
  format: z.literal("lamplighter-apply-1"),
  /** In force, and confirmed: what the device goes back to. */
  applied: z.object({ revision, hash, document, attempt: z.int(), files }),
  /** In force since a moment ago, not confirmed yet. Found at a start, it is the sign of a restart in between. */
  trial: z.nullable(z.object({ revision, hash, document, attempt: z.int(), trialMs: z.int(), files })),
  /** The newest revision that did not stay. */
  tried: z.nullable(
    z.object({
      revision,
      hash,
      attempt: z.int(),
      state: z.enum(["rejected", "reverted"]),
      cause: z.optional(z.enum(["unconfirmed", "power", "check-failed"])),
      problems: z.array(problem).check(z.maxLength(limits.configProblems)),
    }),
  ),
});
export type ApplyState = z.infer<typeof applyState>;
export type Tried = NonNullable<ApplyState["tried"]>;
export type Trial = NonNullable<ApplyState["trial"]>;
export type Document = Record<string, unknown>;

/** Before any push (DESIGN §4, "Fixed once"). */
export const neverPushed: ApplyState = {
  format: "lamplighter-apply-1",
  applied: { revision: 0, hash: "", document: {}, attempt: 0, files: [] },
  trial: null,
  tried: null,
};

/** What birth and heartbeat say: the newest revision that the device dealt with, and how it went. */
export function summaryOf({ applied, trial, tried }: ApplyState): {
  revision: number;
  hash: string;
  state: z.infer<typeof messages.configState>;
} {
  if (trial) return { revision: trial.revision, hash: trial.hash, state: "trying" };
  if (tried) return { revision: tried.revision, hash: tried.hash, state: tried.state };
  return { revision: applied.revision, hash: applied.hash, state: "applied" };
}

/** By which the device is to work now. */
export const inForce = ({ applied, trial }: ApplyState): Document => (trial ?? applied).document;
