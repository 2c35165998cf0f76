import { z } from "zod";
import { call, isOutcome, jsonOf, judge, webUrl } from "../call.ts";
import type { ChannelKind, Notice } from "../channel-kind.ts";
import { field } from "../form.ts";

const settings = z.strictObject({
  topic: field(z.string().regex(/^[-_A-Za-z0-9]{1,64}$/, "1-64 of A-Z a-z 0-9 - _"), {
    label: "Topic",
    hint: "On a public server whoever knows it reads it: choose one that nobody guesses.",
    placeholder: "lamplighter-8f3kq2",
  }),
  server: field(webUrl().optional(), {
    label: "Server",
    hint: "https://ntfy.sh when empty; your own keeps notices in the house.",
    placeholder: "https://ntfy.council.example",
  }),
  token: field(
    z
      .string()
      .min(1)
      .max(256)
      .regex(/^[\x21-\x7e]+$/, "letters of ASCII, no spaces")
      .optional(),
    {
      label: "Access token",
      hint: "tk_…, where the topic is protected.",
      secret: true,
    },
  ),
});
export type NtfySettings = z.infer<typeof settings>;

/** Push messages over ntfy. See README.md. */
export const ntfy: ChannelKind<NtfySettings> = {
  title: "ntfy",
  help: "A push message to phones with the ntfy app, by the public server or your own.",
  people: true,
  settings,
  target: ({ topic = "", server = "https://ntfy.sh" }) => `${topic} at ${server}`,
  async send(notice, { server = "https://ntfy.sh", topic, token }, reach) {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const body = JSON.stringify({ topic, ...messageOf(notice) });
    const answer = await call(reach, { url: server, headers, body });
    if (isOutcome(answer)) return answer;
    const outcome = judge(answer);
    const said = schema.safeParse(jsonOf(answer.text));
    if (!said.success) return outcome;
    // The answer to yes is the message itself.
    if (outcome.outcome === "sent")
      return { ...outcome, answer: `${answer.status} OK${said.data.id ? `, message ${said.data.id}` : ""}` };
    return said.data.error === undefined ? outcome : { ...outcome, answer: `${answer.status} ${said.data.error}` };
  },
};

const schema = z.object({ id: z.string().max(40).optional(), error: z.string().max(200).optional() });

/** ntfy takes 4,096 bytes; the title and a rest come on top. */
const messageBytes = 3_800;
const priorities: Record<string, number> = { critical: 5, major: 4, warning: 3, info: 2 };
/** Words that ntfy shows as pictures. */
const tags: Record<Notice["kind"], string> = {
  opened: "rotating_light",
  updated: "rotating_light",
  resolved: "white_check_mark",
  closed: "heavy_minus_sign",
  digest: "clipboard",
  test: "wrench",
};

/** Pure. */
export function messageOf({ kind, title, text, facts, items, url, severity, thread }: Notice) {
  const lines = facts.map((fact) => `${fact.label}: ${fact.text}`);
  const list = items.map((item) => `• ${item.title}`);
  const over = kind === "resolved" || kind === "closed";
  const call = facts.find((fact) => fact.url?.startsWith("tel:"))?.url;
  const map = facts.find((fact) => fact.url?.startsWith("https://www.openstreetmap.org/"))?.url;
  const view = (label: string, to: string | undefined) =>
    to === undefined ? [] : [{ action: "view", label, url: to }];
  return {
    title,
    message: cutBytes([text, ...lines, ...list].join("\n"), messageBytes),
    priority: over || kind === "digest" ? 3 : (priorities[severity] ?? 3),
    tags: [tags[kind]],
    click: url,
    actions: [...view("Open", url), ...view("Call", call), ...view("Map", map)],
    // Servers that know it put the news of an incident in the place of the old.
    sequence_id: thread.replace(/[^-_A-Za-z0-9]/g, "_").slice(0, 64),
  };
}

/** At most so many bytes, ending with a whole letter. */
export function cutBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  return `${bytes
    .subarray(0, most - 3)
    .toString("utf8")
    .replace(/�+$/, "")}…`;
}
