import type { Variables } from "./variables.ts";

/** Who may say something about a device, from the weakest to the strongest: what a later one says holds. One order for
 *  settings and for variables. */
export const layerKinds = [
  "organisation",
  /** Templates for everybody, which a group, site or device may leave out. */
  "default",
  /** Templates for everybody, which nobody may leave out. */
  "required",
  /** Templates for a hardware model. */
  "profile",
  /** Templates for who has a tag. */
  "tag",
  "group",
  "site",
  "device",
] as const;
export type LayerKind = (typeof layerKinds)[number];

/** Who put a value there. */
export interface LayerName {
  kind: LayerKind;
  id: string;
  name: string;
}

export interface Layer extends LayerName {
  /** Among those of its kind: the higher is the stronger. */
  order: number;
  document: unknown;
  variables: Variables;
}

const ranks = new Map(layerKinds.map((kind, rank) => [kind, rank]));

/** Weakest first: by kind, then order, then id. Whatever order they came in, the result is the same. */
export const inOrder = <T extends Pick<Layer, "kind" | "order" | "id">>(layers: readonly T[]): T[] =>
  [...layers].sort(
    (a, b) => (ranks.get(a.kind) ?? 0) - (ranks.get(b.kind) ?? 0) || a.order - b.order || byText(a.id, b.id),
  );

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
