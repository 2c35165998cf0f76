import * as z from "zod/mini";
import { type AgentSettings, agentSettings, mergePatch, problemsIn } from "#wire";
import type { Document } from "./state.ts";

/** The sections that this agent can apply. */
const sections = z.strictObject({ agent: z.optional(agentSettings) });

/** What this agent can't apply, with the path; empty: all of it can be. */
export const problemsOf = (document: Document) => problemsIn(sections, document);

/** The device's own settings, and over them what was pushed, key by key.
 *  @param document without problems, or read from our own flash */
export function settingsBy(own: AgentSettings, document: Document): AgentSettings {
  const parsed = sections.safeParse(document);
  return mergePatch(own, parsed.data?.agent ?? {}) as AgentSettings;
}
