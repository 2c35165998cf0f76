import { z } from "zod";
import { hashOf, randomOctets } from "../../base/ids.ts";
import { call, isOutcome, judge, webUrl } from "../call.ts";
import type { ChannelKind, Notice } from "../channel-kind.ts";
import { field } from "../form.ts";
import { cutBytes } from "../ntfy/index.ts";
import { encrypt, newKey, pushBytes } from "./encrypt.ts";
import { authorization, type PushKey } from "./vapid.ts";

export { type PushKey, publicKeyOf } from "./vapid.ts";

const octets = (bytes: number) =>
  z
    .string()
    .max(200)
    .refine(
      (text) => /^[\w-]+$/.test(text) && Buffer.from(text, "base64url").length === bytes,
      `${bytes} bytes in base64url`,
    );

const settings = z.strictObject({
  endpoint: field(webUrl(), { label: "Address at the push service", secret: true }),
  p256dh: field(octets(65), { label: "Key of the browser", secret: true }),
  auth: field(octets(16), { label: "Secret of the browser", secret: true }),
  browser: field(z.string().max(43).optional(), {
    label: "Name of the subscription",
    hint: "By which a browser finds its own.",
  }),
  user: field(z.string().max(80).optional(), { label: "Whose it is" }),
});
export type WebPushSettings = z.infer<typeof settings>;

/** By what a browser recognises its own channel: of the address, which is as good as a password. */
export const browserOf = (endpoint: string): string => hashOf(endpoint);

const urgencies: Record<string, string> = { critical: "high", major: "high", warning: "normal", info: "low" };
/** How long the push service keeps it for a browser that is away. */
const keptSeconds = 24 * 3_600;

/** Push messages to a browser that asked for them. See README.md. */
export const createWebPush = (key: PushKey): ChannelKind<WebPushSettings> => ({
  title: "This browser",
  help: "A notification of the browser or the installed app, also when no page is open.",
  people: true,
  hidden: true,
  settings,
  complete: (given) => ({ ...given, browser: browserOf(given.endpoint) }),
  target: () => "a browser that asked for it",
  async send(notice, { endpoint, p256dh, auth }, reach) {
    const message = Buffer.from(JSON.stringify(messageOf(notice)));
    const body = encrypt(message, { p256dh, auth }, { key: newKey(), salt: randomOctets(16) });
    const headers = {
      authorization: authorization(key, endpoint, reach.clock.now()),
      "content-encoding": "aes128gcm",
      "content-type": "application/octet-stream",
      ttl: String(keptSeconds),
      urgency: urgencies[notice.severity] ?? "normal",
      // The newest of an incident is enough for who was away (RFC 8030: 32 letters of base64url).
      topic: hashOf(notice.thread).slice(0, 32),
    };
    const answer = await call(reach, { url: endpoint, headers, body });
    if (isOutcome(answer)) return answer;
    if (answer.status === 404 || answer.status === 410)
      return { outcome: "refused", answer: `${answer.words}: this browser asked for no more` };
    return judge(answer);
  },
});

/** What the worker in the browser shows. Pure. */
function messageOf({ kind, title, text, facts, items, url, thread, severity }: Notice) {
  const more = facts.map((fact) => `${fact.label}: ${fact.text}`);
  const body = [text, ...more, ...items.map((item) => item.title)].join("\n");
  const { pathname } = new URL(url, "http://localhost");
  return {
    kind,
    title,
    body: cutBytes(body, pushBytes - 600 - Buffer.byteLength(title)),
    path: pathname,
    tag: thread,
    severity,
  };
}
