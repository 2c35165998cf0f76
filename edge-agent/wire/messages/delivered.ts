import * as z from "zod/mini";
import { limits } from "../limits.ts";
import { commandId, sequenceRange, version } from "./parts.ts";

/** Stored and in the ledger: the agent may delete. Unsigned: a stolen broker could lose data, never command. */
export const delivered = z.object({
  v: version,
  ranges: z.array(sequenceRange).check(z.maxLength(limits.deliveredRanges)),
  results: z.optional(z.array(commandId).check(z.maxLength(limits.deliveredResults))),
});
