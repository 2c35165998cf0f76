import type * as z from "zod/mini";
import { delivered } from "./messages/delivered.ts";
import { heartbeat, presence } from "./messages/presence.ts";
import { commandResult, configReported, firmwareReported } from "./messages/reported.ts";
import { signed } from "./messages/signed.ts";
import { event, telemetry } from "./messages/telemetry.ts";

export interface TopicRule {
  way: "up" | "down";
  retained: boolean;
  qos: 0 | 1;
  message: z.ZodMiniType;
  meaning: string;
}

/** The whole language: suffix → who speaks, how, and what. Access rules, codecs and docs are derived from it. */
export const topics = {
  presence: { way: "up", retained: true, qos: 1, message: presence, meaning: "birth, will or clean stop" },
  heartbeat: { way: "up", retained: false, qos: 1, message: heartbeat, meaning: "still here, and what is still held" },
  telemetry: { way: "up", retained: false, qos: 1, message: telemetry, meaning: "one batch of points" },
  event: { way: "up", retained: false, qos: 1, message: event, meaning: "something that happened" },
  "config/reported": {
    way: "up",
    retained: true,
    qos: 1,
    message: configReported,
    meaning: "configuration on the device",
  },
  "firmware/reported": {
    way: "up",
    retained: true,
    qos: 1,
    message: firmwareReported,
    meaning: "firmware on the device",
  },
  "command/<id>/result": { way: "up", retained: false, qos: 1, message: commandResult, meaning: "how a command went" },
  delivered: { way: "down", retained: false, qos: 0, message: delivered, meaning: "stored: the agent may delete" },
  welcome: { way: "down", retained: false, qos: 1, message: signed, meaning: "signed answer to a birth" },
  "config/desired": { way: "down", retained: false, qos: 1, message: signed, meaning: "signed configuration to try" },
  "config/confirm": { way: "down", retained: false, qos: 1, message: signed, meaning: "signed end of a trial" },
  "command/<id>": { way: "down", retained: false, qos: 1, message: signed, meaning: "signed command" },
  "firmware/desired": { way: "down", retained: false, qos: 1, message: signed, meaning: "signed firmware to try" },
  keys: { way: "down", retained: false, qos: 1, message: signed, meaning: "signed new key set" },
} as const satisfies Record<string, TopicRule>;

export type Suffix = keyof typeof topics;
type SuffixOf<W extends "up" | "down"> = { [S in Suffix]: (typeof topics)[S]["way"] extends W ? S : never }[Suffix];
export type UpSuffix = SuffixOf<"up">;
export type DownSuffix = SuffixOf<"down">;

const prefix = "lamplighter/v1/";
const shape = /^lamplighter\/v1\/([a-z0-9-]{1,64})\/(.+)$/;
const commandShape = /^command\/([A-Za-z0-9_-]{1,64})(\/result)?$/;

/** @param id of the command, where the suffix has one. Throws if it is missing or not one. */
export function topicOf(device: string, suffix: Suffix, id?: string): string {
  const topic = `${prefix}${device}/${id === undefined ? suffix : suffix.replace("<id>", id)}`;
  if (parseTopic(topic)?.suffix !== suffix) throw new Error(`not a topic: ${topic}`);
  return topic;
}

export interface ParsedTopic {
  device: string;
  suffix: Suffix;
  /** Of `command/<id>` and its result. */
  id?: string;
}

/** null for anything that is not exactly one of the table's topics (wildcards included). */
export function parseTopic(topic: string): ParsedTopic | null {
  const match = shape.exec(topic);
  if (!match) return null;
  const [, device = "", rest = ""] = match;
  const ofCommand = commandShape.exec(rest);
  if (ofCommand) {
    return { device, suffix: ofCommand[2] ? "command/<id>/result" : "command/<id>", id: ofCommand[1] ?? "" };
  }
  return Object.hasOwn(topics, rest) && !rest.includes("<") ? { device, suffix: rest as Suffix } : null;
}

/** The filters an agent subscribes to: its own down topics and nothing else. */
export function downFilters(device: string): string[] {
  return (Object.keys(topics) as Suffix[])
    .filter((suffix) => topics[suffix].way === "down")
    .map((suffix) => `${prefix}${device}/${suffix.replace("<id>", "+")}`);
}
