import { z } from "zod";
import type { Reach } from "../../base/outbound.ts";
import { type Answer, call, isOutcome, jsonOf, judge } from "../call.ts";
import type { ChannelKind, Handle, Notice, Outcome } from "../channel-kind.ts";
import { notifyLimits } from "../limits.ts";
import { presets } from "./presets.ts";
import { settings, type TicketSettings } from "./settings.ts";
import { at, fill, inJson } from "./template.ts";

/** A ticket in a helpdesk with an API. See README.md. */
export const ticketHttp: ChannelKind<TicketSettings> = {
  title: "Ticket by API",
  help: "One ticket per incident in ServiceNow, Jira, Freshservice, Halo or alike; closed when the incident is over.",
  people: false,
  stepwise: true,
  settings,
  presets,
  target: ({ url = "" }) => url,
  async send(notice, given, reach) {
    const asking = await begin(given, notice, reach);
    if ("outcome" in asking) return asking;
    if (notice.kind === "updated")
      return { outcome: "sent", answer: "nothing: a ticket hears the beginning and the end" };
    if (notice.kind === "resolved" || notice.kind === "closed") return await close(asking, notice.handle);
    const opened = await open(asking);
    if (notice.kind !== "test" || opened.outcome !== "sent") return opened;
    // Where tickets are closed by us, the test's is closed too.
    if (opened.handle === undefined) return { outcome: "refused", answer: opened.answer };
    const closed = given.closeUrl === undefined ? null : await close(asking, opened.handle);
    return closed === null ? opened : { ...closed, answer: `${opened.answer}; closed: ${closed.answer}` };
  },
};

interface Asking {
  given: TicketSettings;
  reach: Reach;
  headers: Record<string, string>;
  values: Record<string, string>;
}

async function begin(given: TicketSettings, notice: Notice, reach: Reach): Promise<Asking | Outcome> {
  const { title, text, facts, url, severity, kind, thread, key } = notice;
  const values = {
    ...{ title, text, url, severity, kind, key },
    incident: thread,
    label: title.split(":")[0] ?? "",
    site: facts.find((fact) => fact.label === "Where")?.text ?? "",
    facts: facts.map((fact) => `${fact.label}: ${fact.text}`).join("\n"),
  };
  const headers: Record<string, string> = { accept: "application/json", "idempotency-key": key };
  for (const line of (given.headers ?? "").split("\n").filter((one) => one.trim())) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  if (given.tokenUrl === undefined) return { given, reach, headers, values };
  const token = await tokenFrom(given.tokenUrl, given.tokenForm ?? "", reach);
  return typeof token === "string"
    ? { given, reach, values, headers: { ...headers, authorization: `Bearer ${token}` } }
    : token;
}

const tokenSchema = z.object({
  access_token: z
    .string()
    .min(1)
    .max(8_192)
    .regex(/^[\x21-\x7e]+$/),
});

/** OAuth 2, client credentials (RFC 6749 §4.4). Tickets are few: a token is asked for each time. */
async function tokenFrom(url: string, form: string, reach: Reach): Promise<string | Outcome> {
  const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
  const answer = await call(reach, { url, headers, body: form, answerBytes: notifyLimits.longAnswerBytes });
  if (isOutcome(answer)) return answer;
  const outcome = judge(answer);
  if (outcome.outcome !== "sent") return { ...outcome, answer: `no access token: ${outcome.answer}` };
  const said = tokenSchema.safeParse(jsonOf(answer.text));
  // Its words could be the token.
  return said.success ? said.data.access_token : { outcome: "refused", answer: "no access token in the answer" };
}

async function open(asking: Asking): Promise<Outcome> {
  const { given, values } = asking;
  const answer = await ask(asking, given.method, given.url, given.body, values);
  if (isOutcome(answer)) return answer;
  const outcome = judge(answer);
  if (outcome.outcome !== "sent") return outcome;
  const document = jsonOf(answer.text);
  const reference = at(document, given.referenceAt)?.slice(0, 200);
  const status = answer.words.split(":")[0];
  if (!reference) return { outcome: "sent", answer: `${status}, but the answer has nothing at ${given.referenceAt}` };
  const ticket = (given.ticketAt === undefined ? reference : (at(document, given.ticketAt) ?? reference)).slice(0, 200);
  const link = given.link && fill(given.link, { ...values, reference, ticket }, encodeURIComponent);
  return {
    outcome: "sent",
    answer: `${status}: ${reference}`,
    handle: { reference, ticket, ...(link ? { link } : {}) },
  };
}

async function close(asking: Asking, handle: Handle | null): Promise<Outcome> {
  const { closeUrl, closeBody, closeMethod } = asking.given;
  if (closeUrl === undefined || closeBody === undefined)
    return { outcome: "sent", answer: "nothing: people close the ticket" };
  if (!handle?.["ticket"]) return { outcome: "refused", answer: "the ticket's number is not known: close it by hand" };
  const answer = await ask(asking, closeMethod, closeUrl, closeBody, { ...asking.values, ...handle });
  if (isOutcome(answer)) return answer;
  const outcome = judge(answer);
  return outcome.outcome === "sent" ? { ...outcome, answer: answer.words.split(":")[0] ?? "" } : outcome;
}

function ask(
  { reach, headers }: Asking,
  method: string | undefined,
  url: string,
  body: string,
  values: Record<string, string>,
): Promise<Answer | Outcome> {
  const filled = fill(body, values, inJson);
  if (filled.length > notifyLimits.bodyChars)
    return Promise.resolve({ outcome: "refused", answer: `the body has over ${notifyLimits.bodyChars} letters` });
  const answerBytes = notifyLimits.longAnswerBytes;
  return call(reach, {
    url: fill(url, values, encodeURIComponent),
    method: method ?? "POST",
    headers,
    body: filled,
    answerBytes,
  });
}
