import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { z } from "zod";
import { type Address, connectionWords, OutboundRefused, type Reach } from "../base/outbound.ts";
import type { Outcome } from "./channel-kind.ts";
import { notifyLimits } from "./limits.ts";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** As much of the body as was read. */
  text: string;
  /** Status and body in one line, for people. */
  words: string;
}

const isUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === "" && password === "";
};
export const webUrl = () => z.string().max(2_048).refine(isUrl, "a URL with http or https, without user and password");

/** One request to a receiver. Answers with what it said, or with how the attempt ended where nothing was said. */
export async function call(
  reach: Reach,
  wish: {
    url: string;
    method?: string;
    headers?: Record<string, string>;
    body: string | Buffer;
    answerBytes?: number;
  },
): Promise<Answer | Outcome> {
  const target = new URL(wish.url);
  let address: Address;
  try {
    address = await reach.resolve(target.hostname);
  } catch (error) {
    // What the rules forbid stays forbidden; a name that can't be looked up now may be known in a minute.
    return { outcome: error instanceof OutboundRefused ? "refused" : "retry", answer: connectionWords(error) };
  }
  const headers = {
    "content-type": "application/json; charset=utf-8",
    ...wish.headers,
    "content-length": String(Buffer.byteLength(wish.body)),
    "user-agent": "Lamplighter",
  };
  const { method = "POST", body, answerBytes = notifyLimits.answerBytes } = wish;
  return await new Promise((resolve) => {
    const send = target.protocol === "https:" ? httpsRequest : httpRequest;
    const asked = send(target, {
      method,
      headers,
      agent: false,
      // The address that was checked, whatever the name gives by now.
      lookup: (_host, options, done) =>
        options.all ? done(null, [address]) : done(null, address.address, address.family),
    });
    const end = (with_: Answer | Outcome) => {
      cancel();
      asked.destroy();
      resolve(with_);
    };
    const late = `no answer within ${notifyLimits.callMs / 1_000} s`;
    const cancel = reach.clock.after(notifyLimits.callMs, () => end({ outcome: "retry", answer: late }));
    asked.on("error", (error) => end({ outcome: "retry", answer: connectionWords(error) }));
    asked.on("response", (response) => readSome(response, answerBytes, (text) => end(answerOf(response, text))));
    asked.end(body);
  });
}

/** At most so much of the answer; a longer one is cut, not awaited. */
function readSome(response: IncomingMessage, most: number, done: (text: string) => void): void {
  const parts: Buffer[] = [];
  let bytes = 0;
  const finish = () => done(Buffer.concat(parts).subarray(0, most).toString("utf8"));
  response.on("data", (part: Buffer) => {
    parts.push(part);
    bytes += part.length;
    if (bytes >= most) finish();
  });
  response.on("end", finish);
  response.on("error", finish);
}

function answerOf({ statusCode: status = 0, statusMessage, headers }: IncomingMessage, text: string): Answer {
  const said = oneLine(text);
  return {
    status,
    headers,
    text,
    words: oneLine(`${status}${statusMessage ? ` ${statusMessage}` : ""}${said && `: ${said}`}`),
  };
}

/** What a receiver said, short and in one line. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, notifyLimits.answerChars);

export const isOutcome = (given: Answer | Outcome): given is Outcome => "outcome" in given;

/** Which answers are worth another try: 408, 425, 429 and the server's own faults. Others say no. A redirect is not
 *  followed: it could lead into the own network. Pure. */
export function judge({ status, headers, words: answer }: Answer): Outcome {
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

/** The answer as JSON; null: it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
