import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

const header = "lamplighter-signature";
/** What was signed longer ago than this may be somebody's copy. */
const freshMs = 5 * 60_000;

/** Whether this body was signed with our secret, as every receiver of webhooks should check it: `t=<ms>,v1=<hex>`, the
 *  HMAC-SHA-256 of `<t>.<body>`. null: nothing was signed. */
export function isSigned(secret: string, headers: IncomingHttpHeaders, body: string, now: number): boolean | null {
  const given = headers[header];
  if (typeof given !== "string") return null;
  const [, at = "", said = ""] = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/.exec(given) ?? [];
  const right = createHmac("sha256", secret).update(`${at}.${body}`).digest();
  const same = said !== "" && timingSafeEqual(Buffer.from(said, "hex"), right);
  return same && Math.abs(now - Number(at)) <= freshMs;
}
