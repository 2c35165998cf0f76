import type { z } from "zod";
import type { Reach } from "./outbound.ts";

/** What is sent: a kind, the incident as the API shows it, and its words. */
export interface Notice {
  kind: "opened" | "updated" | "resolved" | "closed" | "digest" | "test";
  /** The same for every attempt, other for every notice: who gets it twice can tell. */
  key: string;
  /** Names the conversation: the same for all notices of an incident. */
  thread: string;
  /** One line; for a subject. */
  title: string;
  /** The sentence. */
  text: string;
  /** Page of the incident. */
  url: string;
  incident: object;
}

/** How an attempt ended. `answer` is the receiver's own words, or a sentence that says why it could not be asked. */
export type Outcome =
  | { outcome: "sent"; answer: string }
  | { outcome: "retry"; answer: string; retryAfterMs?: number }
  | { outcome: "refused"; answer: string };

/** One way to reach people or programs; one folder each. */
export interface ChannelKind<S> {
  /** What people set. Keys in `secrets` are write-only. */
  settings: z.ZodType<S>;
  secrets: readonly string[];
  /** Settings as they are kept: may fill in what nobody gave. */
  complete?(settings: S): S;
  /** Never throws for what the receiver does. */
  send(notice: Notice, settings: S, reach: Reach): Promise<Outcome>;
}
