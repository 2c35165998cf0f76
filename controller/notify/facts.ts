import type { Fact } from "./channel-kind.ts";

/** What is known around an incident. Whoever does not know a part leaves it out: the message then says nothing of it. */
export interface About {
  site?: {
    name: string;
    location: { lat: number; lon: number };
    timeZone: string;
    contact?: {
      supplier?: string | undefined;
      phone?: string | undefined;
      email?: string | undefined;
      circuit?: string | undefined;
      note?: string | undefined;
    } | null;
  };
  /** Devices of people that are usually on there at this hour of the week. */
  usuallyOn?: number;
  /** Likely cause; one sentence. */
  cause?: string;
  /** In the hour before it, newest first: revisions, firmware, rollouts, events of neighbours. */
  changed?: readonly { at: number; text: string }[];
  /** What to do, as somebody wrote it down. */
  runbook?: string;
}

const changesTold = 5;

/** The lines below the sentence. Who reads that it is over needs neither a number to call nor a map. Pure. */
export function factsOf(about: About, { over, now }: { over: boolean; now: number }): Fact[] {
  const { site, usuallyOn, cause, changed = [], runbook } = about;
  const zone = site?.timeZone ?? "Europe/London";
  const facts: Fact[] = [];
  const weekday = new Date(now).toLocaleDateString("en-GB", { weekday: "long", timeZone: zone });
  if (cause !== undefined) facts.push({ label: "Likely cause", text: cause });
  if (site && !over) facts.push({ label: "Where", text: site.name, url: mapOf(site.location) });
  if (usuallyOn !== undefined && !over) {
    const many = `${Math.round(usuallyOn)} ${Math.round(usuallyOn) === 1 ? "device" : "devices"}`;
    facts.push({ label: "Usually on", text: `${many} on a ${weekday} at ${timeOf(now, now, zone)}` });
  }
  if (changed.length > 0) {
    const lines = changed.slice(0, changesTold).map(({ at, text }) => `${timeOf(at, now, zone)} ${text}`);
    const left = changed.length - lines.length;
    facts.push({ label: "What changed", text: [...lines, ...(left > 0 ? [`and ${left} more`] : [])].join("; ") });
  }
  if (site?.contact && !over) {
    const { supplier, phone, email, circuit, note } = site.contact;
    const text = [supplier, phone, email, circuit && `circuit ${circuit}`, note].filter(Boolean).join(", ");
    const url = phone ? `tel:${phone.replace(/[^\d+]/g, "")}` : undefined;
    if (text) facts.push({ label: "Whom to call", text, ...(url ? { url } : {}) });
  }
  if (runbook !== undefined && !over) facts.push({ label: "What to do", text: runbook, ...linkOf(runbook) });
  return facts;
}

const linkOf = (text: string) => (/^https?:\/\/\S+$/.test(text) ? { url: text } : {});

const mapOf = ({ lat, lon }: { lat: number; lon: number }): string =>
  `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=18/${lat}/${lon}`;

/** "10:28" in the zone; with the day when that is another than today's. */
export function timeOf(at: number, now: number, timeZone: string): string {
  const time = new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
  const day = (of: number) => new Date(of).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone });
  return day(at) === day(now) ? time : `${day(at)}, ${time}`;
}
