import { compile, numberOf, type Subject, verdictOf } from "./compile.ts";
import { type RuleNeeds, seriesText } from "./engine.ts";
import type { Rule } from "./schema.ts";
import { newWindow, push, type Window } from "./window.ts";
import { saidOf } from "./words.ts";

/** Devices that are listed, worst first. */
export const previewListed = 50;

export interface NewestPoint {
  m: string;
  at: number;
  tags: Record<string, string>;
  fields: Record<string, number | string>;
}

export interface PreviewNeeds extends RuleNeeds {
  devices: Iterable<Subject & { name: string }>;
  latest(device: string): readonly NewestPoint[];
  /** Older values say nothing of now. */
  currentMs(device: string): number;
  now: number;
}

export interface Previewed {
  device: string;
  name: string;
  site: string | null;
  series: string;
  at: number;
  /** null: the newest value alone doesn't tell. */
  number: number | null;
  bad: boolean;
  said: string;
}

/** What a rule would look at just now: no history, no effect. Pure. */
export function previewOf(rule: Rule, needs: PreviewNeeds) {
  const compiled = compile(rule);
  const field = compiled.value.name;
  const seen: Previewed[] = [];
  const [having, bad] = [new Set<string>(), new Set<string>()];
  let fits = 0;
  for (const device of needs.devices) {
    if (!compiled.fits(device)) continue;
    fits++;
    for (const { m, at, tags, fields } of needs.latest(device.id)) {
      if (m !== compiled.measurement || typeof fields[field] !== "number" || !compiled.takes(tags)) continue;
      having.add(device.id);
      const series = seriesText(tags);
      const weeks = rule.usual?.weeks;
      const usual = weeks === undefined ? null : needs.usual({ device: device.id, m, series, field, weeks, at });
      const number = isPlain.has(compiled.value.fn) ? numberOf(compiled, windowsOf(fields, at), at, usual) : null;
      const isNow = needs.now - at <= needs.currentMs(device.id);
      const isBad = isNow && number !== null && verdictOf(compiled, number, usual) === "bad";
      if (isBad) bad.add(device.id);
      const site = device.site === "" ? null : device.site;
      seen.push({
        device: device.id,
        name: device.name,
        site,
        series,
        at,
        number,
        bad: isBad,
        said: saidOf(rule, { series, number }),
      });
    }
  }
  const worse = (a: number, b: number): number => (rule.raise.above === undefined ? a - b : b - a);
  seen.sort((a, b) => Number(b.bad) - Number(a.bad) || compare(a.number, b.number, worse));
  return {
    fits,
    withField: having.size,
    bad: bad.size,
    list: seen.slice(0, previewListed),
    sentence: sentenceOf(rule, fits, having.size, bad.size),
  };
}

/** The others need more than one value. */
const isPlain: ReadonlySet<string> = new Set(["last", "mean", "min", "max"]);

function windowsOf(fields: NewestPoint["fields"], at: number): Map<string, Window> {
  const windows = new Map<string, Window>();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== "number") continue;
    const window = newWindow();
    push(window, at, value, 0);
    windows.set(name, window);
  }
  return windows;
}

const compare = (a: number | null, b: number | null, worse: (a: number, b: number) => number): number =>
  a === null || b === null ? Number(a === null) - Number(b === null) : worse(a, b);

function sentenceOf(rule: Rule, fits: number, having: number, bad: number): string {
  if (fits === 0) return "No device is in its scope.";
  const devices = (many: number): string => (many === 1 ? "1 device" : `${many} devices`);
  const has = `${devices(fits)} in its scope, ${having === fits ? "all" : having} with ${rule.value.field}`;
  if (!isPlain.has(rule.value.fn)) return `${has}; what it looks at needs more than the newest value.`;
  return `${has}; ${bad === 0 ? "none is" : bad === 1 ? "1 is" : `${bad} are`} bad right now.`;
}
