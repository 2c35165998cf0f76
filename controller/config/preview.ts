import { type Change, type Cost, costs, effectOf, type LayerName, originsAt } from "../../firmware-configs/index.ts";
import { veiled } from "./composer.ts";
import type { ConfigState } from "./decide.ts";
import { fileChanges, type RenderedChange } from "./file-changes.ts";
import { configLimits } from "./limits.ts";
import type { Known } from "./push.ts";
import { keptFiles, veiledText } from "./render.ts";
import type { Planned } from "./survey.ts";

export interface ShownChange {
  path: string;
  from: unknown;
  to: unknown;
  /** Who puts the new value there; none: it is taken away. */
  by: LayerName[];
  /** Variables that it is made of, and who gives them; null: the registry. */
  variables: { name: string; by: LayerName | null }[];
}

export interface Preview {
  /** Looked at; of them `changing` get another document. */
  devices: number;
  changing: number;
  /** Devices whose documents change alike are told together. */
  groups: {
    devices: { id: string; name: string }[];
    changes: ShownChange[];
    /** Of the first of them: how its files change, and what it has no words for. */
    rendered: RenderedChange[];
    left: { path: string; message: string }[];
  }[];
  /** They change, too: too many changes to tell each. */
  others: { id: string; name: string }[];
  effect: {
    /** Radios that drop their clients for a moment. */
    radiosRestarted: number;
    /** They connect anew once, to prove that they still can. */
    reconnects: number;
    /** They talk to another address from then on. */
    moves: number;
    revertsAfterMs: number;
    /** Not here now: they get it when they come back. */
    away: number;
    /** Have a configuration that is not from here, which is replaced. */
    foreign: number;
    /** How many devices need what, at the most. */
    needs: Record<Cost, number>;
  };
  problems: { path: string; message: string; devices: number; example: string }[];
  /** Names what was looked at: a push that brings it is refused when any of it has changed meanwhile. */
  seen: string;
}

export interface PreviewAbout {
  trialMs: number;
  isAway(device: string): boolean;
  stateOf(device: string): ConfigState;
}

/** Adds devices up as they are found, so that nothing is kept of each but its name. */
export function createTally(about: PreviewAbout) {
  const groups = new Map<string, Preview["groups"][number]>();
  const others: Preview["others"] = [];
  const needs = Object.fromEntries(costs.map((cost) => [cost, 0])) as Record<Cost, number>;
  const effect = {
    ...{ radiosRestarted: 0, reconnects: 0, moves: 0, revertsAfterMs: about.trialMs, away: 0, foreign: 0 },
    needs,
  };
  let [told, linesTold] = [0, 0];
  let changing = 0;

  function renderedOf({ device, from, made }: Planned): RenderedChange[] {
    if (linesTold >= configLimits.previewLines) return [];
    const before = keptFiles(about.stateOf(device.id).wanted?.rendered ?? null, from);
    const found = fileChanges(before, keptFiles(made.rendered.by, made.shown));
    linesTold += found.reduce((sum, { lines }) => sum + lines.length, 0);
    // Only now: another secret is another line.
    return found.map(({ file, lines }) => ({ file: veiledText(file), lines: lines.map(veiledText) }));
  }

  return {
    add(one: Planned): void {
      const { device, changes } = one;
      const { radiosRestarted, moves, needs: cost } = effectOf(changes);
      changing += 1;
      effect.radiosRestarted += radiosRestarted;
      effect.reconnects += 1;
      effect.moves += moves ? 1 : 0;
      effect.away += about.isAway(device.id) ? 1 : 0;
      effect.foreign += about.stateOf(device.id).foreign === null ? 0 : 1;
      needs[cost] += 1;
      const named = { id: device.id, name: device.name };
      const shown = changes.map((change) => shownChange(change, one));
      const key = JSON.stringify(shown);
      const group = groups.get(key);
      const full = groups.size >= configLimits.previewGroups || told + shown.length > configLimits.previewChanges;
      if (group) group.devices.push(named);
      else if (full) others.push(named);
      else {
        told += shown.length;
        groups.set(key, { devices: [named], changes: shown, rendered: renderedOf(one), left: one.made.rendered.left });
      }
    },
    result: (found: { looked: readonly Known[]; problems: Preview["problems"]; seen: string }): Preview => ({
      devices: found.looked.length,
      changing,
      groups: [...groups.values()],
      others,
      effect,
      problems: found.problems,
      seen: found.seen,
    }),
  };
}

function shownChange({ path, from, to }: Change, { made }: Planned): ShownChange {
  const origins = originsAt(made.origins, path);
  // Devices that say the same themselves are told together.
  const named = (by: LayerName): LayerName => (by.kind === "device" ? { kind: by.kind, id: "", name: "" } : by);
  const by = unique(origins.map((one) => named(one.by)));
  const variables = origins.flatMap((one) => one.variables).map((one) => ({ ...one, by: one.by && named(one.by) }));
  return { path, from: veiled(from) ?? null, to: veiled(to) ?? null, by, variables: unique(variables) };
}

const unique = <T>(list: readonly T[]): T[] => [...new Map(list.map((one) => [JSON.stringify(one), one])).values()];
