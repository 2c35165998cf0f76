import { createTransport, type SendMailOptions } from "nodemailer";
import { z } from "zod";
import { isLoopback } from "../base/address.ts";
import { type Address, connectionWords, OutboundRefused, type Reach } from "../base/outbound.ts";
import { oneLine } from "./call.ts";
import type { Outcome } from "./channel-kind.ts";
import { field } from "./form.ts";
import { notifyLimits } from "./limits.ts";

/** No line breaks: they would begin a header of their own. */
export const mailbox = () =>
  z
    .string()
    .max(254)
    .regex(/^[^\s@<>",;:\\]{1,64}@[^\s@<>",;:\\]{1,189}$/, "such as duty@council.example");

/** How to reach a mail server: the same for every channel that sends mail. */
export const smtpShape = () => ({
  host: field(z.string().regex(/^[A-Za-z0-9:.[\]-]{1,253}$/, "name or address of the mail server"), {
    label: "Mail server",
    placeholder: "mail.council.example",
  }),
  port: field(z.int().min(1).max(65_535), { label: "Its port", hint: "587 as a rule, or 465", placeholder: "587" }),
  secure: field(z.boolean().optional(), {
    label: "TLS from the first byte",
    hint: "As on port 465. Otherwise STARTTLS where the server offers it.",
    rare: true,
  }),
  user: field(z.string().min(1).max(256).optional(), { label: "User", hint: "Where the server asks for one." }),
  password: field(z.string().min(1).max(1_024).optional(), {
    label: "Password",
    hint: "Kept sealed and never shown again.",
    secret: true,
  }),
});

export interface Smtp {
  host: string;
  port: number;
  secure?: boolean | undefined;
  user?: string | undefined;
  password?: string | undefined;
}

/** A password without a user would be left out silently. */
export const hasUser: [
  (given: { user?: unknown; password?: unknown }) => boolean,
  { path: string[]; message: string },
] = [
  ({ user, password }) => password === undefined || user !== undefined,
  { path: ["user"], message: "a password needs a user" },
];

/** One mail. */
export async function sendMail(given: Smtp, mail: SendMailOptions, reach: Reach): Promise<Outcome> {
  let at: Address;
  try {
    at = await reach.resolve(given.host);
  } catch (error) {
    return { outcome: error instanceof OutboundRefused ? "refused" : "retry", answer: connectionWords(error) };
  }
  const secure = given.secure ?? given.port === 465;
  const transport = createTransport({
    host: at.address,
    port: given.port,
    secure,
    // By name, although the connection is to the address that was checked.
    tls: { servername: given.host },
    ...(given.user === undefined ? {} : { auth: { user: given.user, pass: given.password ?? "" } }),
    // A password never travels readable beyond this machine.
    requireTLS: given.password !== undefined && !isLoopback(at.address) && !secure,
    connectionTimeout: notifyLimits.mailMs,
    greetingTimeout: notifyLimits.mailMs,
    socketTimeout: notifyLimits.mailMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const info = await transport.sendMail({
      ...mail,
      headers: { "auto-submitted": "auto-generated", ...mail.headers },
    });
    return { outcome: "sent", answer: oneLine(info.response) };
  } catch (error) {
    return judgeMail(error);
  } finally {
    transport.close();
  }
}

/** For a Message-ID: what is the same notice has the same. */
export const idPart = (text: string): string => text.replace(/[^A-Za-z0-9_.-]/g, ".");

/** 5xx of SMTP says no for good; 4xx and broken lines are worth another try. Pure. */
export function judgeMail(error: unknown): Outcome {
  const { responseCode, response } = error as { responseCode?: number; response?: string };
  const answer = oneLine(response ?? connectionWords(error));
  return { outcome: responseCode !== undefined && responseCode >= 500 ? "refused" : "retry", answer };
}
