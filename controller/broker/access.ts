import { downFilters, parseTopic, topics } from "#wire";

export type Verb = "publish" | "subscribe";
export type Access = { allowed: true } | { allowed: false; why: string };

/** Who may do what: everything that the table of DESIGN §4 does not give a device is refused.
 *  @param device already authenticated */
export function access(device: string, verb: Verb, topic: string): Access {
  if (verb === "subscribe") {
    return downFilters(device).includes(topic)
      ? { allowed: true }
      : { allowed: false, why: "a device subscribes only to its own down topics" };
  }
  const parsed = parseTopic(topic);
  if (!parsed) return { allowed: false, why: "no such topic" };
  if (parsed.device !== device) return { allowed: false, why: "another device's topic" };
  if (topics[parsed.suffix].way !== "up") return { allowed: false, why: "only the controller speaks there" };
  return { allowed: true };
}
