import { mergePatch } from "#wire";
import { type Composed, configDocument, type LayerName } from "../../firmware-configs/index.ts";
import { stale } from "../base/errors.ts";
import type { ChangeWish } from "./change.ts";
import { type Composer, veiled } from "./composer.ts";
import type { ConfigState } from "./decide.ts";
import { choose, isStuck, type Known, type Selection } from "./push.ts";
import { ownLayer, type Shelf } from "./shelf.ts";
import { type Body, emptyBody, type Item, keyOfSource, type Source, type SourceKind } from "./source.ts";
import type { Sources } from "./sources.ts";

/** One document for one device. `seen`: the revision that the caller saw; another now: "stale". */
export interface Wish {
  /** Absent: as they are. */
  document?: Record<string, unknown> | undefined;
  variables?: Body["variables"] | undefined;
  without?: string[] | undefined;
  message?: string | undefined;
  trialMs?: number | undefined;
  seen?: number | undefined;
}

export interface ManyWish {
  select: Selection;
  patch: unknown;
  message?: string | undefined;
  trialMs?: number | undefined;
  /** Of the preview; what has changed since then: "stale". */
  seen?: string | undefined;
}

/** What a device's layers make of it, and who put each value there. */
export interface Explained {
  /** Weakest first. */
  layers: LayerName[];
  document: unknown;
  values: (Omit<Composed["origins"][number], "over"> & { over: { by: LayerName; value: unknown }[] })[];
  problems: { path: string; message: string }[];
}

export interface OwnNeeds {
  sources: Pick<Sources, "ofDevices">;
  stateOf(device: string): ConfigState;
  devices(): readonly Known[];
  shelf(): Shelf;
  composer(): Composer;
}

/** What devices say themselves, and wishes about it as changes. */
export function createOwn({ sources, stateOf, devices, shelf, composer }: OwnNeeds) {
  const ownOf = async (id: string): Promise<Body> => (await sources.ofDevices([id])).get(id) ?? emptyBody;

  return {
    of: ownOf,
    /** Of any kind, as they are now. */
    async current(items: readonly { kind: SourceKind; id: string }[]): Promise<Map<string, Source>> {
      const own = await sources.ofDevices(items.flatMap(({ kind, id }) => (kind === "device" ? [id] : [])));
      const found = items.flatMap((one) => {
        const source = one.kind === "device" ? own.get(one.id) : shelf().all.get(keyOfSource(one));
        return source ? [[keyOfSource(one), source] as const] : [];
      });
      return new Map(found);
    },
    one(device: Known, wish: Wish): ChangeWish {
      const { message, trialMs, seen } = wish;
      const { id } = device;
      return {
        message,
        trialMs,
        check() {
          if (seen !== undefined && seen !== (stateOf(id).wanted?.revision ?? 0))
            throw stale("this configuration was changed in the meantime");
        },
        items: async () => {
          const own = await ownOf(id);
          const { document = own.document, variables = own.variables, without = own.without } = wish;
          return [{ kind: "device", id, body: { ...emptyBody, document: tidy(document), variables, without } }];
        },
        also: [device],
        // The same once more is the same, unless it came to nothing.
        again: () => !stateOf(id).wanted || isStuck(stateOf(id)),
      };
    },
    /** What is asked of chosen devices, as a change of what each says itself. @param most devices that it may be of */
    many({ select, patch, ...about }: ManyWish, most?: number): ChangeWish & { also: readonly Known[] } {
      const chosen = choose(devices(), select, most);
      const items = async (): Promise<Item[]> => {
        const own = await sources.ofDevices(chosen.map(({ id }) => id));
        return chosen.map(({ id }) => {
          const { document, variables, without } = own.get(id) ?? emptyBody;
          const merged = tidy(mergePatch(document, patch) as Record<string, unknown>);
          return { kind: "device", id, body: { ...emptyBody, document: merged, variables, without } };
        });
      };
      return { ...about, items, also: chosen, again: ({ id }) => isStuck(stateOf(id)) };
    },
    async explain(device: Known): Promise<Explained> {
      const own = await ownOf(device.id);
      const layers = shelf().layersOf(device, own.without);
      const made = composer()(device, layers, ownLayer(device, own));
      const named = [...layers, ownLayer(device, own)].map(({ kind, id, name }) => ({ kind, id, name }));
      const values = made.origins.map((one) => ({ ...one, value: veiled(one.value), over: [...one.over] }));
      return { layers: named, document: veiled(made.shown), values, problems: made.problems };
    },
  };
}

/** With the gaps filled that its schema fills; what is no document by itself (it takes away, or has variables) stays. */
function tidy(document: Record<string, unknown>): Record<string, unknown> {
  const whole = configDocument.safeParse(document);
  return whole.success ? whole.data : document;
}
