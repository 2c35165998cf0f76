import * as z from "zod/mini";
import { agentSettings, problemsIn } from "#wire";

/** Everything about one device that is wanted. Each section is a subject; one that is absent is left alone. */
export const configDocument = z.strictObject({
  /** The agent itself: how often and what it measures, and where it connects to. */
  agent: z.optional(agentSettings),
});
export type ConfigDocument = z.infer<typeof configDocument>;

/** What is wrong with a document, by path; empty: nothing. */
export const documentProblems = (value: unknown): { path: string; message: string }[] =>
  problemsIn(configDocument, value);
