import type { z } from "zod";
import type { Reach } from "../base/outbound.ts";

/** One thing that somebody on call wants to know beside the sentence. */
export interface Fact {
  label: string;
  text: string;
  /** A page, a map or a telephone number. */
  url?: string;
}

/** What is sent: a kind, the incident as the API shows it, and its words. One model for all channels; each renders it. */
export interface Notice {
  kind: "opened" | "updated" | "resolved" | "closed" | "digest" | "test";
  /** The same for every attempt, other for every notice: who gets it twice can tell. */
  key: string;
  /** Names the conversation: the same for all notices of an incident. */
  thread: string;
  /** critical, major, warning or info. */
  severity: string;
  /** One line; for a subject. */
  title: string;
  /** The sentence. */
  text: string;
  /** Where, since when, usually on, cause, what changed, whom to call. */
  facts: readonly Fact[];
  /** Page of the incident; of a digest: the list. */
  url: string;
  /** null: of a digest. */
  incident: object | null;
  /** Of a digest, worst first. */
  items: readonly { title: string; url: string; incident: object }[];
  /** When it was written. */
  at: number;
  /** What this channel answered when it was told of the same incident before. */
  handle: Handle | null;
}

/** What a channel needs to speak of the same thing again: the id of a message, the number of a ticket. `reference` and
 *  `link` are shown to people. */
export type Handle = Readonly<Record<string, string>>;

/** How an attempt ended. `answer` is the receiver's own words, or a sentence that says why it could not be asked. */
export type Outcome =
  | { outcome: "sent"; answer: string; handle?: Handle }
  | { outcome: "retry"; answer: string; retryAfterMs?: number }
  | { outcome: "refused"; answer: string };

/** One way to reach people or programs; one folder each. */
export interface ChannelKind<S> {
  title: string;
  /** One sentence: what it is for. */
  help: string;
  /** Whether people read it: then digests, quiet hours and rates are theirs to set. */
  people: boolean;
  /** Every step of an incident is told by itself: a ticket is opened before it is closed, and never put into a digest. */
  stepwise?: true;
  /** Not made by a form. */
  hidden?: true;
  /** What people set, each with its label. */
  settings: z.ZodObject;
  /** Settings to start from. */
  presets?: readonly { title: string; settings: Partial<S> }[];
  /** Settings as they are kept: may fill in what nobody gave. */
  complete?(settings: S): S;
  /** Where it goes, for a list; of the settings without their secrets. */
  target(settings: Partial<S>): string;
  /** Never throws for what the receiver does. */
  send(notice: Notice, settings: S, reach: Reach): Promise<Outcome>;
}
