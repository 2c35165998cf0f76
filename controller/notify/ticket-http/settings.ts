import { z } from "zod";
import { field } from "../form.ts";
import { notifyLimits } from "../limits.ts";
import { faultOf, fill, inJson } from "./template.ts";

/** Places of the first call; of the last one also what the first was answered. */
export const places = [
  "title",
  "text",
  "facts",
  "url",
  "severity",
  "label",
  "kind",
  "incident",
  "site",
  "key",
] as const;
export const laterPlaces = [...places, "reference", "ticket"] as const;

const template = (known: readonly string[], most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .superRefine((text, context) => {
      const fault = faultOf(text, known);
      if (fault !== null) context.addIssue({ code: "custom", message: fault });
    });

const url = (known: readonly string[]) =>
  template(known, 2_048).refine((text) => {
    const filled = fill(text, Object.fromEntries(known.map((name) => [name, "x"])), encodeURIComponent);
    return URL.canParse(filled) && /^https?:$/.test(new URL(filled).protocol) && new URL(filled).username === "";
  }, "a URL with http or https, without user and password");

/** What may stand without quotes: numbers of the helpdesk, and what a map makes of the severity. */
const samples: Record<string, string> = { severity: "critical", reference: "1", ticket: "1" };

const body = (known: readonly string[]) =>
  template(known, notifyLimits.templateChars).refine((text) => {
    try {
      JSON.parse(fill(text, Object.fromEntries(known.map((name) => [name, samples[name] ?? "a text"])), inJson));
      return true;
    } catch {
      return false;
    }
  }, 'JSON; texts stand in quotes: {"summary": "{{title}}"}');

const pointer = () =>
  z
    .string()
    .max(200)
    .regex(/^(\/[^/]*)+$/, "a JSON pointer, such as /result/number");
const method = () => z.enum(["POST", "PUT", "PATCH"]);
/** Those that frame a request are not for a template to set. */
const headerLine =
  /^(?!(host|connection|content-length|transfer-encoding|upgrade)\s*:)[A-Za-z0-9-]{1,64}:\s*[\x20-\x7e]{1,2000}$/i;

export const settings = z
  .strictObject({
    url: field(url(places), {
      label: "URL that opens a ticket",
      placeholder: "https://helpdesk.council.example/api/tickets",
    }),
    method: field(method().optional(), { label: "Its method", hint: "POST when empty", rare: true }),
    headers: field(
      z
        .string()
        .max(8_192)
        .refine(
          (text) => text.split("\n").every((line) => !line.trim() || headerLine.test(line.trim())),
          "one a line, such as Authorization: Bearer …",
        )
        .optional(),
      {
        label: "Headers",
        hint: "One a line, such as Authorization: Basic … Kept sealed and never shown again.",
        long: true,
        secret: true,
      },
    ),
    body: field(body(places), {
      label: "Body",
      hint: `JSON with places: ${places.map((p) => `{{${p}}}`).join(" ")}`,
      long: true,
    }),
    referenceAt: field(pointer(), {
      label: "Where the answer has the ticket's number",
      hint: "A JSON pointer, such as /result/number. It is shown with the incident.",
    }),
    ticketAt: field(pointer().optional(), {
      label: "Where it has the id for further calls",
      hint: "When that is another, such as /result/sys_id: {{ticket}} below",
    }),
    link: field(url(laterPlaces).optional(), { label: "Page of a ticket", hint: "With {{reference}} or {{ticket}}" }),
    closeUrl: field(url(laterPlaces).optional(), {
      label: "URL that closes it",
      hint: "With {{ticket}}. When empty, people close it.",
    }),
    closeMethod: field(method().optional(), { label: "Its method", hint: "POST when empty", rare: true }),
    closeBody: field(body(laterPlaces).optional(), { label: "Body that closes it", long: true }),
    tokenUrl: field(url([]).optional(), {
      label: "URL that gives access tokens",
      hint: "OAuth 2 with client credentials, where the helpdesk wants that.",
      rare: true,
    }),
    tokenForm: field(
      z
        .string()
        .min(1)
        .max(4_096)
        .regex(/^[\x21-\x7e]+$/, "a=b&c=d")
        .optional(),
      {
        label: "Form for it",
        hint: "grant_type=client_credentials&client_id=…&client_secret=…",
        secret: true,
        rare: true,
      },
    ),
  })
  .refine(({ closeUrl, closeBody }) => (closeUrl === undefined) === (closeBody === undefined), {
    path: ["closeBody"],
    message: "the URL and the body that close a ticket go together",
  })
  .refine(({ tokenUrl, tokenForm }) => tokenUrl === undefined || tokenForm !== undefined, {
    path: ["tokenForm"],
    message: "the URL that gives tokens needs its form",
  });
export type TicketSettings = z.infer<typeof settings>;
