import { inOrder, type Layer } from "../../firmware-configs/index.ts";
import { type Body, type Item, keyOfSource, layerKindOf, type Source, sourceOf } from "./source.ts";

/** What the registry says of a device that decides about its layers. */
export interface Placed {
  id: string;
  name: string;
  site: string | null;
  profile: string | null;
  tags: readonly string[];
}

/** All sources but devices' own, and which of them speak about a device. Never changed: a draft is another shelf. */
export interface Shelf {
  all: ReadonlyMap<string, Source>;
  /** Weakest first, without the device's own. Sources that are the same give the same objects. */
  layersOf(device: Placed, without: readonly string[]): Layer[];
}

export function createShelf(sources: Iterable<Source>): Shelf {
  const all = new Map([...sources].map((source) => [keyOfSource(source), source]));
  const everybody: Source[] = [];
  const byProfile = new Map<string, Source[]>();
  const byTag = new Map<string, Source[]>();
  const groupsByTag = new Map<string, Source[]>();
  const groupsByDevice = new Map<string, Source[]>();
  for (const source of all.values()) {
    if (source.kind === "organisation") everybody.push(source);
    if (source.kind === "group") {
      for (const tag of source.tags) append(groupsByTag, tag, source);
      for (const device of source.devices) append(groupsByDevice, device, source);
    }
    const { applies } = source;
    if (applies?.to === "all") everybody.push(source);
    if (applies?.to === "profile") for (const one of applies.profiles) append(byProfile, one, source);
    if (applies?.to === "tag") for (const one of applies.tags) append(byTag, one, source);
  }
  return {
    all,
    layersOf({ id, site, profile, tags }, ownWithout) {
      const groups = new Set([...(groupsByDevice.get(id) ?? []), ...tags.flatMap((tag) => groupsByTag.get(tag) ?? [])]);
      const place = site === null ? undefined : all.get(`site/${site}`);
      const without = new Set([...ownWithout, ...[...groups].flatMap((one) => one.without), ...(place?.without ?? [])]);
      const speaking = new Set([
        ...everybody,
        ...(profile === null ? [] : (byProfile.get(profile) ?? [])),
        ...tags.flatMap((tag) => byTag.get(tag) ?? []),
      ]);
      const heard = [...speaking].filter((one) => isHeard(one, without));
      return inOrder([...heard, ...groups, ...(place ? [place] : [])].map(({ layer }) => layer));
    },
  };
}

/** What is required is not left out by anybody. */
const isHeard = (source: Source, without: ReadonlySet<string>): boolean =>
  !without.has(source.id) || source.kind !== "template" || layerKindOf(source) === "required";

function append<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}

/** The device's own, on top of all others. */
export const ownLayer = ({ id, name }: Placed, { document, variables }: Body): Layer => ({
  ...{ kind: "device" as const, id, name, order: 0 },
  document,
  variables,
});

/** Another shelf, as it would be with these items. Devices' own are not on shelves. */
export function withItems(shelf: Shelf, items: readonly Item[], now: number): Shelf {
  const all = new Map(shelf.all);
  for (const item of items) {
    if (item.kind === "device") continue;
    const key = keyOfSource(item);
    if (item.body === null) all.delete(key);
    else all.set(key, sourceOf(item, item.body, (all.get(key)?.version ?? 0) + 1, now));
  }
  return createShelf(all.values());
}
