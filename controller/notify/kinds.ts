import type { ChannelKind } from "./channel-kind.ts";
import { usualDelivery } from "./delivery.ts";
import { email } from "./email/index.ts";
import { type Field, fieldsOf, secretsOf } from "./form.ts";
import { ntfy } from "./ntfy/index.ts";
import { slack } from "./slack/index.ts";
import { teams } from "./teams/index.ts";
import { ticketHttp } from "./ticket-http/index.ts";
import { ticketMail } from "./ticket-mail/index.ts";
import { createWebPush, type PushKey } from "./web-push/index.ts";
import { webhook } from "./webhook/index.ts";

export const channelKinds = [
  "email",
  "web-push",
  "teams",
  "slack",
  "ntfy",
  "ticket-mail",
  "ticket-http",
  "webhook",
] as const;
export type ChannelKindName = (typeof channelKinds)[number];
export type Settings = Record<string, unknown>;
export type Kinds = Record<ChannelKindName, ChannelKind<Settings>>;

/** @param push the key that browsers know us by */
export const createKinds = (push: PushKey): Kinds =>
  ({
    email,
    "web-push": createWebPush(push),
    teams,
    slack,
    ntfy,
    "ticket-mail": ticketMail,
    "ticket-http": ticketHttp,
    webhook,
  }) as unknown as Kinds;

/** What a form needs of a kind. */
export interface KindView {
  kind: ChannelKindName;
  title: string;
  help: string;
  /** Digests and quiet hours are for those that people read. */
  people: boolean;
  fields: Field[];
  presets: { title: string; settings: Settings }[];
  delivery: ReturnType<typeof usualDelivery>;
}

/** Kinds that people choose from. */
export const kindViews = (kinds: Kinds): KindView[] =>
  channelKinds
    .filter((kind) => !kinds[kind].hidden)
    .map((kind) => {
      const { title, help, people, settings, presets = [] } = kinds[kind];
      return {
        kind,
        title,
        help,
        people,
        fields: fieldsOf(settings),
        presets: presets.map((preset) => ({ title: preset.title, settings: { ...preset.settings } })),
        delivery: usualDelivery(people),
      };
    });

export const secretsOfKind = (kinds: Kinds, kind: ChannelKindName): string[] => secretsOf(kinds[kind].settings);
