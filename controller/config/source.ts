import { z } from "zod";
import { limits } from "#wire";
import {
  isObject,
  type Layer,
  type LayerKind,
  type Scalar,
  type Variables,
  variables,
} from "../../firmware-configs/index.ts";
import type { Seal } from "../base/seal.ts";
import { configLimits } from "./limits.ts";

/** Who says something about devices, and where what they say is kept. */
export const sourceKinds = ["organisation", "template", "group", "site", "device"] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** What a source says. Each kind has a part of it (`bodies`); the rest is empty. */
export interface Body {
  name: string;
  /** Of a template: whose it is. */
  applies: Applies | null;
  /** Among those of its kind: the higher is the stronger. */
  order: number;
  /** Members of a group: these devices, and all that have one of these tags. */
  devices: string[];
  tags: string[];
  document: Record<string, unknown>;
  variables: Variables;
  /** Ids of templates that are left out for its devices. */
  without: string[];
}
export type Applies =
  | { to: "all"; required?: boolean | undefined }
  | { to: "profile"; profiles: string[] }
  | { to: "tag"; tags: string[] };

export interface Source extends Body {
  kind: SourceKind;
  id: string;
  /** Goes up with every change. */
  version: number;
  updatedAt: number;
  /** What it says, as one of a device's layers: the same object as long as it is the same. */
  layer: Layer;
}

/** One source that is to be other than it is. */
export interface Item {
  kind: SourceKind;
  id: string;
  /** null: it is taken away. */
  body: Body | null;
  /** The version that was seen, 0: there was none; another now: "stale". undefined: whichever. */
  seen?: number | undefined;
}

export const keyOfSource = ({ kind, id }: { kind: string; id: string }): string => `${kind}/${id}`;

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "1-64 of a-z, 0-9 and -");
const words = (most: number) =>
  z
    .array(z.string().min(1).max(100))
    .max(most)
    .refine((list) => new Set(list).size === list.length, "each once");
const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => !/\p{Cc}/u.test(text), "no control characters");
const order = z.int().min(-1_000).max(1_000).default(0);
const isDeep = (value: unknown, left: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (left === 0 || Object.values(value).some((one) => isDeep(one, left - 1)));
const document = z
  .record(z.string(), z.unknown())
  .refine((value) => !isDeep(value, limits.jsonDepth), `nested more than ${limits.jsonDepth} deep`)
  .refine(
    (value) => isDeep(value, limits.jsonDepth) || JSON.stringify(value).length <= configLimits.documentBytes,
    `at most ${configLimits.documentBytes} letters`,
  )
  .default({});

/** A secret that is given without a value keeps the one that it has, so what was read can be written back. */
const given = z.preprocess((all) => {
  if (!isObject(all)) return all;
  const clean = Object.entries(all).map(([key, one]) => {
    if (!isObject(one) || one["type"] !== "secret") return [key, one] as const;
    const { secret: _, set, ...rest } = one;
    return [key, rest["value"] === undefined && set !== false ? { ...rest, value: kept } : rest] as const;
  });
  return Object.fromEntries(clean);
}, variables);
/** Stands for the value that is there; nobody can type it. */
export const kept = "\u0000kept";

const settings = { document, variables: given.default({}) };
const without = words(configLimits.templates).default([]);
const applies = z.discriminatedUnion(
  "to",
  [
    z.strictObject({ to: z.literal("all"), required: z.boolean().optional() }),
    z.strictObject({ to: z.literal("profile"), profiles: words(100).min(1) }),
    z.strictObject({ to: z.literal("tag"), tags: words(100).min(1) }),
  ],
  "to is all, profile or tag",
);
/** By kind: what people write, everything else is refused. */
export const bodies = {
  organisation: z.strictObject(settings),
  template: z.strictObject({ name, applies: applies.default({ to: "all" }), order, ...settings }),
  group: z.strictObject({
    name,
    order,
    devices: words(configLimits.devicesOfGroup).default([]),
    tags: words(100).default([]),
    ...settings,
    without,
  }),
  site: z.strictObject({ ...settings, without }),
  device: z.strictObject({ ...settings, without }),
} as const;
export type GivenBody<K extends SourceKind> = z.input<(typeof bodies)[K]>;

export const emptyBody: Body = {
  name: "",
  applies: null,
  order: 0,
  devices: [],
  tags: [],
  document: {},
  variables: {},
  without: [],
};

/** One item as people write it: kind and id tell which body it has. */
const item = <K extends Exclude<SourceKind, "organisation">>(kind: K) =>
  z.strictObject({
    kind: z.literal(kind),
    id: kind === "template" || kind === "group" ? id : z.string().min(1).max(64),
    body: bodies[kind].nullable(),
    seen: z.int().min(0).optional(),
  });
export const items = z
  .array(
    z.discriminatedUnion(
      "kind",
      [
        z.strictObject({
          kind: z.literal("organisation"),
          id: z.literal("organisation").default("organisation"),
          body: bodies.organisation.nullable(),
          seen: z.int().min(0).optional(),
        }),
        item("template"),
        item("group"),
        item("site"),
        item("device"),
      ],
      `the kind is ${sourceKinds.join(", ")}`,
    ),
  )
  .max(configLimits.itemsAtOnce, `at most ${configLimits.itemsAtOnce} at once`)
  .refine((all) => new Set(all.map(keyOfSource)).size === all.length, "each source once");
export const sourceId = id;

/** The parts of a body that its kind has: as people read it, with secrets told by whether they are set. */
export function shownBody(kind: SourceKind, body: Body): Record<string, unknown> {
  const variables = Object.fromEntries(
    Object.entries(body.variables).map(([key, one]) => [
      key,
      one.type === "secret" ? { type: one.type, secret: true, set: one.value !== undefined } : one,
    ]),
  );
  return partsOf(kind, { ...body, variables });
}

const parts: Readonly<Record<SourceKind, readonly (keyof Body)[]>> = {
  organisation: ["document", "variables"],
  template: ["name", "applies", "order", "document", "variables"],
  group: ["name", "order", "devices", "tags", "document", "variables", "without"],
  site: ["document", "variables", "without"],
  device: ["document", "variables", "without"],
};
export const partsOf = <B extends Record<keyof Body, unknown>>(kind: SourceKind, body: B): Record<string, unknown> =>
  Object.fromEntries(parts[kind].map((key) => [key, body[key]]));

/** As it is kept: secrets sealed for this very place. */
export function bodyText(of: { kind: SourceKind; id: string }, body: Body, seal: Seal): string {
  const variables = Object.fromEntries(
    Object.entries(body.variables).map(([key, one]) => {
      if (one.type !== "secret" || one.value === undefined) return [key, one];
      return [key, { type: one.type, sealed: seal.seal(one.value, placeOf(of, key)) }];
    }),
  );
  return JSON.stringify(partsOf(of.kind, { ...body, variables }));
}

/** @param lost told of each secret that does not open: it is as if it was never set */
export function bodyOf(
  of: { kind: SourceKind; id: string },
  text: string,
  seal: Seal,
  lost: (variable: string) => void,
): Body {
  const body = { ...emptyBody, ...JSON.parse(text) } as Body;
  const variables = Object.entries(body.variables).map(([key, one]) => {
    const { sealed } = one as { sealed?: string };
    if (one.type !== "secret" || sealed === undefined) return [key, one] as const;
    try {
      return [key, { type: one.type, value: seal.open(sealed, placeOf(of, key)) }] as const;
    } catch {
      lost(key);
      return [key, { type: one.type }] as const;
    }
  });
  return { ...body, variables: Object.fromEntries(variables) };
}

const placeOf = (of: { kind: string; id: string }, variable: string): string => `${keyOfSource(of)}/${variable}`;

/** The item with secrets that were left as they are, as they are. */
export function withKept(body: Body, before: Body | undefined): Body {
  const variables = Object.entries(body.variables).map(([key, one]) => {
    if (one.type !== "secret" || one.value !== kept) return [key, one] as const;
    const was = before?.variables[key];
    const value: Scalar | undefined = was?.type === "secret" ? was.value : undefined;
    return [key, value === undefined ? { type: one.type } : { type: one.type, value: String(value) }] as const;
  });
  return { ...body, variables: Object.fromEntries(variables) };
}

/** As layer: which kind a source is of. */
export function layerKindOf({ kind, applies }: Pick<Source, "kind" | "applies">): LayerKind {
  if (kind !== "template") return kind;
  if (applies?.to === "profile" || applies?.to === "tag") return applies.to;
  return applies?.required ? "required" : "default";
}

export function sourceOf(of: Pick<Source, "kind" | "id">, body: Body, version: number, updatedAt: number): Source {
  const { kind, id } = of;
  const { name, order, document, variables } = body;
  const layer = { kind: layerKindOf({ kind, applies: body.applies }), id, name, order, document, variables };
  return { ...body, kind, id, version, updatedAt, layer };
}

/** An item as people wrote it, with what its kind has not. */
export const itemOf = (one: z.output<typeof items>[number]): Item => ({
  kind: one.kind,
  id: one.id,
  seen: one.seen,
  body: one.body && filledBody(one.body),
});
export const filledBody = (body: Partial<Body>): Body => ({ ...emptyBody, ...body });
