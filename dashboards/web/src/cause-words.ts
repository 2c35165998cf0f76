import type { Incident, Site } from "./api.ts";

/** What an incident probably comes from, and whom to call about it. Pure. */
const openCauses: Record<string, string> = {
  device_down: "This device, its cable or its power.",
  agent_down: "Its agent: the device itself answers, so people are probably served.",
  site_unreachable: "The site's line or its power.",
  controller_blind: "The controller's own network: no device is accused.",
  cannot_store: "The store of measurements: the devices keep theirs meanwhile.",
};

const endCauses: Record<string, string> = {
  line: "The line: the devices themselves were up all the time.",
  restart: "Power, or a restart: the devices began anew.",
  stopped: "The agent had been stopped by somebody.",
  removed: "Nothing any more: it was removed or moved.",
  folded: "Its site's: it became part of that incident.",
  blind: "The controller itself could not see.",
};

export function causeSentence({ rule, cause, changed }: Pick<Incident, "rule" | "cause" | "changed">): string | null {
  const known = cause === null ? openCauses[rule] : endCauses[cause];
  const hint = changed.length > 0 ? "Something changed shortly before: see below." : "";
  return [known, hint].filter(Boolean).join(" ") || null;
}

export interface CallLine {
  label: string;
  text: string;
  href?: string;
}

/** Whom to call, each in a line that a thumb can press. */
export function callLines(contact: Site["contact"]): CallLine[] {
  if (!contact) return [];
  const { supplier, phone, email, circuit, note } = contact;
  return [
    supplier && { label: "Supplier", text: supplier },
    phone && { label: "Phone", text: phone, href: `tel:${phone.replace(/[^\d+]/g, "")}` },
    email && { label: "E-mail", text: email, href: `mailto:${email}` },
    circuit && { label: "Circuit", text: circuit },
    note && { label: "Note", text: note },
  ].filter((one) => !!one);
}
