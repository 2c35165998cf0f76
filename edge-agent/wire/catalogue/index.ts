import { environment } from "./environment.ts";
import { interfaces } from "./interface.ts";
import { probe } from "./probe.ts";
import { radio } from "./radio.ts";
import { agent, system, temperature } from "./system.ts";
import { gateway, neighbour, port } from "./topology.ts";

/** gauge: a value now · counter: only goes up, a fall is a restart · state: what something is (1 yes, 0 no, or a word). */
export type FieldKind = "gauge" | "counter" | "state";

export interface Field {
  type: "number" | "text";
  /** As in the name's ending; "" where a bare number says it all. */
  unit: string;
  kind: FieldKind;
  meaning: string;
  /** Its median and 95th percentile mean something to people: roll-ups keep them. */
  percentiles?: true;
  /** Hardware addresses in it are those of the network itself, never of a person: they are told as they are. */
  infrastructure?: true;
}

export interface Measurement {
  meaning: string;
  /** Tag key → meaning. A point has all of them and no other. */
  tags: Readonly<Record<string, string>>;
  fields: Readonly<Record<string, Field>>;
}

/** What may be measured. Agents make nothing else; the controller stores nothing else. */
export const catalogue = {
  system,
  agent,
  temperature,
  interface: interfaces,
  probe,
  radio,
  environment,
  neighbour,
  gateway,
  port,
} as const satisfies Record<string, Measurement>;
export type MeasurementName = keyof typeof catalogue;

/** The definition, or undefined for a name that the catalogue does not have. */
export function measurementOf(name: string): Measurement | undefined {
  return Object.hasOwn(catalogue, name) ? catalogue[name as MeasurementName] : undefined;
}

const infrastructure = new Map<string, readonly string[]>(
  Object.entries<Measurement>(catalogue).map(([name, { fields }]) => [
    name,
    Object.keys(fields).filter((field) => fields[field]?.infrastructure),
  ]),
);
/** Fields of a measurement whose hardware addresses are told as they are. */
export const infrastructureOf = (name: string): readonly string[] => infrastructure.get(name) ?? [];
