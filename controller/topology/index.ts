/** What hangs on what, as devices see it themselves: switches by LLDP, gateways by their address. */
import type { Kysely } from "kysely";
import type { Cancel, Clock } from "../base/clock.ts";
import { conflict, notFound } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Database, Records } from "../store/records/index.ts";
import type { StoredPoint } from "../store/series/index.ts";
import { learn } from "./learn.ts";
import { topologyLimits } from "./limits.ts";
import { createMatch, createTraces } from "./match.ts";
import { createTopologyRecords } from "./records.ts";
import { learntParents, type Plug, plugOf } from "./standing.ts";
import { type Hanging, type Known, unknown } from "./state.ts";
import { viewOf } from "./view.ts";
import { behindSentences } from "./words.ts";

export type { Plug, Standing } from "./standing.ts";
export type { TopologyView } from "./view.ts";

interface By {
  kind: string;
  id: string;
}

export interface TopologyNeeds {
  records: Records;
  clock: Clock;
  log: Log;
  registry: {
    devices(): readonly Known[];
    device(id: string): Known | undefined;
    deviceChanges: { change(by: By, id: string, change: { parents: string[][] }): Promise<unknown> };
    onChange(listener: (change: { kind: string; id: string; change: string }) => void): () => void;
  };
  audit: {
    write(
      db: Kysely<Database>,
      entry: { actor: By; action: string; subject: By; before?: object; after?: object },
    ): Promise<void>;
  };
  /** What it is behind, or where it is plugged in, is other than before. */
  changed(device: string): void;
}

const measured = new Set(["neighbour", "gateway", "port"]);

export function createTopology(needs: TopologyNeeds) {
  const { registry, records, clock, log } = needs;
  const kept = createTopologyRecords(records.db);
  const traces = createTraces(registry);
  const match = createMatch(traces);
  const hangings = new Map<string, Hanging>();
  const savedAt = new Map<string, number>();
  const unsaved = new Set<string>();
  let saving: Promise<void> = Promise.resolve();
  let cancels: Cancel[] = [];

  const hanging = (id: string): Hanging => hangings.get(id) ?? unknown;
  const lookup = { device: registry.device, hanging };
  const nameOf = (id: string): string | undefined => registry.device(id)?.name;
  const parentsOf = (device: Known): string[][] => learntParents(device, lookup);
  const plug = (id: string): Plug | null => plugOf(hanging(id), nameOf);

  function put(device: Known, is: Hanging, at: number): void {
    const was = hanging(device.id);
    if (is === was) return;
    const told = (): string => JSON.stringify([parentsOf(device), plug(device.id)]);
    const before = told();
    hangings.set(device.id, is);
    if (is.ports !== was.ports) traces.own(device.id, was.ports, is.ports);
    // Every look at a cable has another time: that alone is written seldom.
    const isOther = gist(is) !== gist(was);
    if (isOther || at - (savedAt.get(device.id) ?? 0) >= topologyLimits.saveSeldomMs) {
      unsaved.add(device.id);
      savedAt.set(device.id, at);
    }
    if (isOther && told() !== before) needs.changed(device.id);
  }

  function save(): Promise<void> {
    saving = saving.then(async () => {
      if (unsaved.size === 0) return;
      const batch = new Map([...unsaved].map((id) => [id, hanging(id)]));
      unsaved.clear();
      await kept.save(batch).catch((error: unknown) => {
        for (const id of batch.keys()) if (hangings.has(id)) unsaved.add(id);
        log.error("what devices hang on could not be saved", { error });
      });
    });
    return saving;
  }

  function forget(id: string): void {
    traces.own(id, hanging(id).ports, {});
    hangings.delete(id);
    savedAt.delete(id);
    unsaved.delete(id);
    saving = saving
      .then(() => kept.forget(id))
      .catch((error: unknown) => log.error("what a device hung on could not be forgotten", { error }));
  }

  const known = (id: string): Known => {
    const device = registry.device(id);
    if (!device) throw notFound("device", id);
    return device;
  };
  const view = (id: string) => viewOf(known(id), lookup);

  /** Says so, or no more, that it does not hang there. */
  async function dismiss(by: By, id: string, parent: string, dismissed: boolean): Promise<void> {
    const device = known(id);
    const { edges, dismissed: before } = hanging(id);
    if (!edges.some((edge) => edge.parent === parent) && !before.includes(parent))
      throw notFound("learnt parent", parent);
    const rest = before.filter((one) => one !== parent);
    const after = dismissed ? [...rest, parent].slice(-topologyLimits.ofDevice) : rest;
    await save();
    await records.db.transaction().execute(async (trx) => {
      await kept.put(trx, id, { ...hanging(id), dismissed: after });
      await needs.audit.write(trx, {
        actor: by,
        action: dismissed ? "device.parent-dismissed" : "device.parent-restored",
        subject: { kind: "device", id },
        after: { parent },
      });
    });
    put(device, { ...hanging(id), dismissed: after }, clock.now());
  }

  return {
    /** Groups that it is behind by what was learnt; none where somebody declared what it is behind. */
    parentsOf,
    /** The devices with what was learnt as parents, too: what is done to one is done to all behind it. */
    withLearnt<D extends Known>({ devices, device }: { devices(): readonly D[]; device(id: string): D | undefined }) {
      const learnt = (one: D): D => {
        const groups = parentsOf(one);
        return groups.length === 0 ? one : { ...one, parents: [...one.parents, ...groups] };
      };
      return {
        devices: () => devices().map(learnt),
        device(id: string): D | undefined {
          const one = device(id);
          return one && learnt(one);
        },
      };
    },
    /** Where its cable was last seen; null: not told. */
    plugOf: plug,
    view,
    /** What it is behind, and what that means for notices. */
    sentences: (id: string): string[] => behindSentences(known(id), view(id), (one) => nameOf(one) ?? one),
    /** Newest values of a device, as they are stored. */
    stored(points: readonly StoredPoint[]): void {
      for (const point of points) {
        if (!measured.has(point.m)) continue;
        const device = registry.device(point.device);
        if (device) put(device, learn(hanging(device.id), point, device, match), point.at);
      }
    },
    /** Makes a parent that was learnt a declared one, with those that are as good. */
    async adopt(by: By, id: string, parent: string): Promise<void> {
      const device = known(id);
      const edge = hanging(id).edges.find((one) => one.parent === parent);
      if (!edge || !registry.device(parent)) throw notFound("learnt parent", parent);
      if (device.via === parent || device.parents.flat().includes(parent))
        throw conflict("declared", `it is declared already that ${device.name} is behind it`);
      const group = parentsOf(device).find((one) => one.includes(parent)) ?? [parent];
      await registry.deviceChanges.change(by, id, { parents: [...device.parents.map((one) => [...one]), group] });
    },
    dismiss: (by: By, id: string, parent: string) => dismiss(by, id, parent, true),
    restore: (by: By, id: string, parent: string) => dismiss(by, id, parent, false),
    async start(): Promise<void> {
      for (const [id, is] of await kept.load()) {
        if (!registry.device(id)) continue;
        hangings.set(id, is);
        traces.own(id, {}, is.ports);
      }
      const end = registry.onChange(({ kind, id, change }) => {
        if (kind !== "device") return;
        traces.changed();
        if (change === "removed") forget(id);
      });
      cancels = [end, clock.every(topologyLimits.saveMs, () => void save())];
    },
    async stop(): Promise<void> {
      for (const cancel of cancels) cancel();
      await save();
    },
  };
}
export type Topology = ReturnType<typeof createTopology>;

/** All of it but the times that change with every look. */
const gist = ({ ports, cables, gateway, edges, dismissed }: Hanging): string =>
  JSON.stringify([
    ...[ports, dismissed, gateway && { ...gateway, at: 0 }],
    ...cables.map((cable) => ({ ...cable, at: 0 })),
    ...edges.map((edge) => ({ ...edge, lastAt: 0 })),
  ]);
