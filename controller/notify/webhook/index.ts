import { createHmac } from "node:crypto";
import { z } from "zod";
import { randomSecret } from "../../base/ids.ts";
import { call, isOutcome, judge, webUrl } from "../call.ts";
import type { ChannelKind } from "../channel-kind.ts";
import { field } from "../form.ts";

const settings = z.strictObject({
  url: field(webUrl(), { label: "URL", placeholder: "https://duty.council.example/lamplighter" }),
  secret: field(z.string().min(16).max(256).optional(), {
    label: "Secret",
    hint: "Signs what is sent: 16 letters or more. Made for you, and shown once, when empty.",
    secret: true,
  }),
});
export type WebhookSettings = z.infer<typeof settings>;

/** POSTs JSON, signed. See README.md. */
export const webhook: ChannelKind<WebhookSettings> = {
  title: "Webhook",
  help: "A signed POST with JSON to a program of yours, for every notice at once.",
  people: false,
  settings,
  complete: (given) => ({ ...given, secret: given.secret ?? randomSecret() }),
  target: ({ url = "" }) => url,
  async send(notice, { url, secret }, reach) {
    const { kind, incident, items } = notice;
    const body = JSON.stringify({
      kind,
      incident,
      ...(kind === "digest" ? { incidents: items.map((item) => item.incident) } : {}),
    });
    const headers = {
      "idempotency-key": notice.key,
      "lamplighter-signature": signature(body, secret ?? "", reach.clock.now()),
    };
    const answer = await call(reach, { url, headers, body });
    return isOutcome(answer) ? answer : judge(answer);
  },
};

/** `t=<ms>,v1=<hex>`: HMAC-SHA-256 of `<t>.<body>` with the channel's secret. The time keeps an old one from being used
 *  again. */
export const signature = (body: string, secret: string, now: number): string =>
  `t=${now},v1=${createHmac("sha256", secret).update(`${now}.${body}`).digest("hex")}`;
