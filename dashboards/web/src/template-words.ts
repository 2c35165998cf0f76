import type { Device } from "./api.ts";
import { count } from "./words.ts";

/** What people read about templates. Pure. */
export const templateKinds = ["default", "required", "profile", "tag"] as const;
export type TemplateKind = (typeof templateKinds)[number];

export const templateKindWords: Record<TemplateKind, string> = {
  default: "for all, unless left out",
  required: "for all, always",
  profile: "by hardware model",
  tag: "by tag",
};

export interface Whose {
  to: "all" | "profile" | "tag";
  required?: boolean | undefined;
  profiles?: readonly string[];
  tags?: readonly string[];
}
/** The API's own words of a template; its documents differ, these parts are always there. */
export interface TemplateBody {
  name: string;
  applies: Whose;
  order: number;
  document: Record<string, unknown>;
  variables: Record<string, unknown>;
}
export const bodyOf = ({ body }: { body: unknown }): TemplateBody => body as TemplateBody;

export const kindOf = ({ to, required }: Whose): TemplateKind =>
  to === "all" ? (required === true ? "required" : "default") : to;

export const namesOf = (whose: Whose): readonly string[] => whose.profiles ?? whose.tags ?? [];

/** Those whom it is for, before anybody leaves it out. */
export function reach(whose: Whose, devices: Iterable<Pick<Device, "profile" | "tags">>): number {
  const named = new Set(namesOf(whose));
  const isMeant = ({ profile, tags }: Pick<Device, "profile" | "tags">): boolean =>
    whose.to === "all" ||
    (whose.to === "tag" ? tags.some((tag) => named.has(tag)) : profile !== null && named.has(profile));
  return [...devices].filter(isMeant).length;
}

/** "for all, always: 24 devices"; "by tag riverside, market: no device" */
export function reachSentence(whose: Whose, devices: Iterable<Pick<Device, "profile" | "tags">>): string {
  const many = reach(whose, devices);
  const names = namesOf(whose).join(", ");
  const said = `${templateKindWords[kindOf(whose)]}${names === "" ? "" : ` ${names}`}`;
  return `${said}: ${many === 0 ? "no device" : count(many, "device")}`;
}

export interface LayerNamed {
  kind: string;
  id: string;
  name: string;
}

/** "the template Guest network", "the site Town hall", "the device itself" */
export function layerWord({ kind, name, id }: LayerNamed): string {
  if (kind === "organisation") return "what holds for all";
  if (kind === "device") return "the device itself";
  if (kind === "group" || kind === "site") return `the ${kind} ${name || id}`;
  return `the template ${name || id}`;
}

/** Whether a layer has a page of its own. */
export const isTemplate = ({ kind }: LayerNamed): boolean => (templateKinds as readonly string[]).includes(kind);
