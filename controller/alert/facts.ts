import type { Facts, Incident } from "./incident.ts";
import { at, type Turn } from "./turn.ts";
import { lineAnswers } from "./verdict.ts";

const unplaced = "Devices without a site";

/** What can be said of an incident as things are. */
export function factsOf(turn: Turn, incident: Pick<Incident, "root" | "site" | "members" | "facts">): Facts {
  const { root, facts } = incident;
  if (root.type === "controller" && !facts.rule) return facts;
  const site = incident.site ?? "";
  const place = turn.places.get(site);
  const there = at(turn, site).filter(({ state }) => state !== "asleep" && state !== "unseen");
  const usual = { ...facts, timeZone: place?.timeZone ?? facts.timeZone };
  if (facts.rule) return { ...usual, ...ruledFacts(turn, incident) };
  if (root.type === "device") {
    const device = turn.devices.get(root.id);
    const out = [...incident.members.values()].filter(({ device: id, state }) => state === "down" && id !== root.id);
    const others = there.filter(({ id }) => id !== root.id && !incident.members.has(id));
    return {
      ...usual,
      name: device?.name ?? facts.name,
      place: place?.name ?? null,
      down: 1,
      of: 1,
      fine: others.filter(({ state }) => state === "up").length,
      others: others.length,
      behind: out.length,
      stopped: device?.stopped ?? facts.stopped,
      ...(device?.plug ? { plug: device.plug } : {}),
    };
  }
  const down = [...incident.members.values()].filter(({ state }) => state === "down").length;
  const elsewhere = sitesElsewhere(turn, site);
  const line = lineAnswers(turn, site, Math.min(...[...incident.members.values()].map(({ since }) => since)));
  return {
    ...usual,
    name: place?.name ?? (site === "" ? unplaced : facts.name),
    place: null,
    down,
    of: Math.max(there.length, down),
    ...elsewhere,
    ...(line === null ? {} : { line: line ? ("answers" as const) : ("silent" as const) }),
  };
}

/** Of what a rule finds: how many devices, and which is bad the longest. */
function ruledFacts(turn: Turn, { root, site, members, facts }: Parameters<typeof factsOf>[1]): Partial<Facts> {
  const bad = [...members.values()].filter(({ state }) => state === "down").sort((a, b) => a.since - b.since);
  const place = turn.places.get(site ?? "")?.name ?? null;
  const device = turn.devices.get(bad[0]?.device ?? "")?.name;
  // What was said is of the one that was the worst when it was said.
  const said = bad[0] && facts.rule && bad[0].name !== facts.rule.worst ? { said: "", worst: bad[0].name } : {};
  if (root.type === "controller") return { name: "", place: null, down: bad.length, of: 1 };
  const isOne = root.type === "device" || bad.length <= 1;
  return {
    ...(isOne && device ? { name: device, place } : isOne ? {} : { name: place ?? "", place: null }),
    ...(facts.rule ? { rule: { ...facts.rule, ...said } } : {}),
    down: bad.length,
    of: Math.max(at(turn, site ?? "").length, bad.length),
  };
}

/** Other sites with devices that are expected, and how many of them are fine: most of their devices are there. */
function sitesElsewhere(turn: Turn, site: string): { fine: number; others: number } {
  let fine = 0;
  let others = 0;
  for (const id of turn.places.keys()) {
    if (id === site || id === "") continue;
    const expected = at(turn, id).filter(({ state }) => state !== "asleep" && state !== "unseen");
    if (expected.length === 0) continue;
    others += 1;
    if (expected.filter(({ state }) => state === "up" || state === "checking").length * 2 > expected.length) fine += 1;
  }
  return { fine, others };
}

export const noFacts: Facts = {
  name: "",
  place: null,
  timeZone: "Europe/London",
  down: 0,
  of: 0,
  fine: 0,
  others: 0,
  stopped: false,
  why: "",
};
