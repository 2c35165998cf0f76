import { type Compiled, numberOf } from "./compile.ts";
import type { RuleNeeds, RuleState, Standing } from "./engine.ts";

/** What a rule looks at just now, at one series of a device. */
export interface Looked {
  series: string;
  /** Of the newest sample. */
  at: number;
  /** null: not known yet. */
  number: number | null;
  /** undefined: it does not compare with what is usual; null: not known for so many weeks. */
  usual?: number | null;
  /** null: plainly good. */
  standing: Standing | null;
}

/** Changes nothing. */
export function looksOf(state: RuleState, device: string, compiled: Compiled, needs: RuleNeeds): Looked[] {
  const { rule, measurement: m, value } = compiled;
  const standings = [...(state.instances.get(device)?.values() ?? [])].filter((one) => one.rule === rule.id);
  const looked: Looked[] = [];
  for (const [key, windows] of state.windows.get(device) ?? []) {
    const series = key.slice(m.length + 1);
    const at = windows.get(value.name)?.at.at(-1);
    if (key !== `${m} ${series}` || at === undefined || !compiled.takes(tagsOf(series))) continue;
    const weeks = rule.usual?.weeks;
    const usual = weeks === undefined ? undefined : needs.usual({ device, m, series, field: value.name, weeks, at });
    const number = numberOf(compiled, windows, at, usual ?? null);
    const standing = standings.find((one) => one.series === series) ?? null;
    looked.push({ series, at, number, ...(usual === undefined ? {} : { usual }), standing });
  }
  // Kept from before the start: nothing of it came in since.
  const silent = standings.filter(({ series }) => !looked.some((one) => one.series === series));
  return [
    ...looked,
    ...silent.map((one) => ({ series: one.series, at: one.instance.since, number: one.number, standing: one })),
  ];
}

/** Back from the text of a series; a value may have spaces. */
function tagsOf(series: string): Record<string, string> {
  const tags: Record<string, string> = {};
  let last = "";
  for (const part of series.split(" ")) {
    const [, key, value] = /^([a-z_]+)=(.*)$/s.exec(part) ?? [];
    if (key !== undefined) tags[key] = value ?? "";
    else if (last !== "") tags[last] = `${tags[last]} ${part}`;
    last = key ?? last;
  }
  return tags;
}
