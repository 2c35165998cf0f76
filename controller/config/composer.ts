import {
  type Composed,
  type ConfigDocument,
  compose,
  concealed,
  configDocument,
  type FillText,
  type Layer,
  type Scalar,
  stack,
  type Tree,
} from "../../firmware-configs/index.ts";
import type { Seal } from "../base/seal.ts";
import { configLimits } from "./limits.ts";
import { wrongWith } from "./push.ts";
import { nothingRendered, type Rendered, render } from "./render.ts";
import type { Placed } from "./shelf.ts";

export interface ComposerNeeds {
  seal: Pick<Seal, "digest">;
  text: FillText;
  site(id: string): { id: string; name: string; area: string | null } | undefined;
}

/** What texts may say of a device, beside its variables. */
export interface Described extends Placed {
  kind: string;
  hardware?: { model: string; serial: string } | null;
}

export interface Made {
  /** What is sent, with every secret. Only where nothing is wrong. */
  document: ConfigDocument;
  /** The same as it may be kept and shown. */
  shown: ConfigDocument;
  origins: Composed["origins"];
  secret: boolean;
  /** With every secret, too. */
  rendered: Rendered;
  problems: { path: string; message: string }[];
}

/** Composes documents of devices. One is made for a pass over many: what their layers have in common is merged once. */
export function createComposer({ seal, text, site }: ComposerNeeds) {
  const stacks = new Map<string, { tree: Tree | undefined; layers: readonly Layer[] }>();
  const numbers = new Map<Layer, number>();

  const numberOf = (layer: Layer): number => {
    const known = numbers.get(layer) ?? numbers.size;
    numbers.set(layer, known);
    return known;
  };
  function below(layers: readonly Layer[]): Tree | undefined {
    const key = layers.map(numberOf).join();
    const known = stacks.get(key);
    if (known) return known.tree;
    const fresh = { tree: stack(layers), layers };
    if (stacks.size >= stacksMost) stacks.clear();
    stacks.set(key, fresh);
    return fresh.tree;
  }

  function factsOf(device: Described): Record<"device" | "site", Record<string, Scalar> | null> {
    const place = device.site === null ? undefined : site(device.site);
    const { id, name, kind, profile, hardware } = device;
    const own = { id, name, kind, profile, serial: hardware?.serial, model: hardware?.model };
    return { device: known(own), site: place ? known({ id: place.id, name: place.name, area: place.area }) : null };
  }

  /** @param layers without its own */
  return (device: Described, layers: readonly Layer[], own: Layer): Made => {
    const mark = markOf(device.id, seal);
    const made = compose({
      layers: [...layers, own],
      facts: factsOf(device),
      text,
      conceal: mark,
      below: { tree: below(layers), layers: layers.length },
    });
    const tooMany = layers.length + 1 > configLimits.layersOfDevice ? [{ path: "", message: manyLayers }] : [];
    const problems = [...tooMany, ...made.problems];
    // What can't be filled in would be wrong twice.
    if (problems.length === 0) problems.push(...wrongWith(made.document));
    const document = problems.length === 0 ? configDocument.parse(made.document) : {};
    let rendered = nothingRendered;
    if (problems.length === 0) {
      const { problems: unsuited, ...files } = render(device.profile, document);
      problems.push(...unsuited);
      rendered = files;
    }
    const shown = concealed(document, made.secrets, mark) as ConfigDocument;
    return { document, shown, rendered, origins: made.origins, secret: made.secrets.size > 0, problems };
  };
}
export type Composer = ReturnType<typeof createComposer>;

const stacksMost = 500;
const manyLayers = `more than ${configLimits.layersOfDevice} templates and groups speak about it`;

const known = (facts: Record<string, Scalar | null | undefined>): Record<string, Scalar> =>
  Object.fromEntries(
    Object.entries(facts).filter((one): one is [string, Scalar] => one[1] !== null && one[1] !== undefined),
  );

/** What stands for a secret where it is kept and shown. The digest tells whether it is another; nobody sees it. */
const markOf =
  (device: string, seal: Pick<Seal, "digest">) =>
  (path: string, value: unknown): unknown => ({
    secret: true,
    set: true,
    digest: seal.digest(JSON.stringify(value), `${device} ${path}`),
  });

/** As people see it: without digests. */
export function veiled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(veiled);
  if (typeof value !== "object" || value === null) return value;
  const { digest, ...rest } = value as Record<string, unknown>;
  if (rest["secret"] === true && rest["set"] === true && typeof digest === "string") return rest;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, veiled(inner)]));
}
