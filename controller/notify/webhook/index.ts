import { createHmac } from "node:crypto";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { z } from "zod";
import { randomSecret } from "../../base/ids.ts";
import type { ChannelKind, Outcome } from "../channel-kind.ts";
import { notifyLimits } from "../limits.ts";
import { type Address, connectionWords, OutboundRefused, type Reach } from "../outbound.ts";

const isUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === "" && password === "";
};

const settings = z.strictObject({
  url: z.string().max(2_048).refine(isUrl, "a URL with http or https, without user and password"),
  /** Signs what is sent. */
  secret: z.string().min(16).max(256).optional(),
});
export type WebhookSettings = z.infer<typeof settings>;

/** POSTs JSON, signed. See README.md. */
export const webhook: ChannelKind<WebhookSettings> = {
  settings,
  secrets: ["secret"],
  complete: (given) => ({ ...given, secret: given.secret ?? randomSecret() }),
  async send(notice, { url, secret }, reach) {
    const target = new URL(url);
    let address: Address;
    try {
      address = await reach.resolve(target.hostname);
    } catch (error) {
      // What the rules forbid stays forbidden; a name that can't be looked up now may be known in a minute.
      return { outcome: error instanceof OutboundRefused ? "refused" : "retry", answer: connectionWords(error) };
    }
    const body = JSON.stringify({ kind: notice.kind, incident: notice.incident });
    const headers = {
      "content-type": "application/json; charset=utf-8",
      "content-length": String(Buffer.byteLength(body)),
      "user-agent": "Lamplighter",
      "idempotency-key": notice.key,
      "lamplighter-signature": signature(body, secret ?? "", reach.clock.now()),
    };
    return await post({ target, address, headers, body }, reach);
  },
};

/** `t=<ms>,v1=<hex>`: HMAC-SHA-256 of `<t>.<body>` with the channel's secret. The time keeps an old one from being used
 *  again. */
export const signature = (body: string, secret: string, now: number): string =>
  `t=${now},v1=${createHmac("sha256", secret).update(`${now}.${body}`).digest("hex")}`;

function post(
  call: { target: URL; address: Address; headers: Record<string, string>; body: string },
  { clock }: Reach,
): Promise<Outcome> {
  const { target, address, headers, body } = call;
  return new Promise((resolve) => {
    const send = target.protocol === "https:" ? httpsRequest : httpRequest;
    const asked = send(target, {
      method: "POST",
      headers,
      agent: false,
      // The address that was checked, whatever the name gives by now.
      lookup: (_host, options, done) =>
        options.all ? done(null, [address]) : done(null, address.address, address.family),
    });
    const end = (outcome: Outcome) => {
      cancel();
      asked.destroy();
      resolve(outcome);
    };
    const late = `no answer within ${notifyLimits.webhookMs / 1_000} s`;
    const cancel = clock.after(notifyLimits.webhookMs, () => end({ outcome: "retry", answer: late }));
    asked.on("error", (error) => end({ outcome: "retry", answer: connectionWords(error) }));
    asked.on("response", (response) => {
      readSome(response, (text) => end(judge(response, text)));
    });
    asked.end(body);
  });
}

/** At most so much of the answer; a longer one is cut, not awaited. */
function readSome(response: IncomingMessage, done: (text: string) => void): void {
  const parts: Buffer[] = [];
  let bytes = 0;
  const finish = () => done(Buffer.concat(parts).subarray(0, notifyLimits.answerBytes).toString("utf8"));
  response.on("data", (part: Buffer) => {
    parts.push(part);
    bytes += part.length;
    if (bytes >= notifyLimits.answerBytes) finish();
  });
  response.on("end", finish);
  response.on("error", finish);
}

/** Which answers are worth another try: 408, 425, 429 and the server's own faults. Others say no. A redirect is not
 *  followed: it could lead into the own network. Pure. */
function judge(response: IncomingMessage, text: string): Outcome {
  const { statusCode: status = 0, statusMessage, headers } = response;
  const words = text.replace(/[\p{Cc}\s]+/gu, " ").trim();
  const answer = `${status}${statusMessage ? ` ${statusMessage}` : ""}${words ? `: ${words}` : ""}`.slice(
    0,
    notifyLimits.answerChars,
  );
  if (status >= 200 && status < 300) return { outcome: "sent", answer };
  if (![408, 425, 429].includes(status) && status < 500) return { outcome: "refused", answer };
  const after = headers["retry-after"];
  const retryAfterMs = after === undefined ? undefined : retryAfter(after, headers.date);
  return { outcome: "retry", answer, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Seconds, or a date by the receiver's own clock. */
export function retryAfter(header: string, date: string | undefined): number | undefined {
  if (/^\d{1,9}$/.test(header)) return Math.min(Number(header) * 1_000, notifyLimits.retryAfterMaxMs);
  const wait = Date.parse(header) - Date.parse(date ?? "");
  return Number.isFinite(wait) ? Math.max(0, Math.min(wait, notifyLimits.retryAfterMaxMs)) : undefined;
}
