import { createTransport } from "nodemailer";
import { z } from "zod";
import type { ChannelKind, Notice, Outcome } from "../channel-kind.ts";
import { notifyLimits } from "../limits.ts";
import { type Address, connectionWords, OutboundRefused } from "../outbound.ts";
import { mailHtml, mailText } from "./message.ts";

/** No line breaks: they would begin a header of their own. */
const address = z
  .string()
  .max(254)
  .regex(/^[^\s@<>",;:\\]{1,64}@[^\s@<>",;:\\]{1,189}$/, "such as duty@council.example");

const settings = z
  .strictObject({
    host: z.string().regex(/^[A-Za-z0-9:.[\]-]{1,253}$/, "name or address of the mail server"),
    port: z.int().min(1).max(65_535),
    /** TLS from the first byte (465); otherwise STARTTLS where the server offers it. */
    secure: z.boolean().optional(),
    user: z.string().min(1).max(256).optional(),
    password: z.string().min(1).max(1_024).optional(),
    from: address,
    to: z.array(address).min(1).max(20),
  })
  .refine(({ user, password }) => password === undefined || user !== undefined, {
    path: ["user"],
    message: "a password needs a user",
  });
export type EmailSettings = z.infer<typeof settings>;

/** Mail over SMTP. See README.md. */
export const email: ChannelKind<EmailSettings> = {
  settings,
  secrets: ["password"],
  async send(notice, given, reach) {
    let at: Address;
    try {
      at = await reach.resolve(given.host);
    } catch (error) {
      return { outcome: error instanceof OutboundRefused ? "refused" : "retry", answer: connectionWords(error) };
    }
    const transport = createTransport({
      host: at.address,
      port: given.port,
      secure: given.secure ?? given.port === 465,
      // By name, although the connection is to the address that was checked.
      tls: { servername: given.host },
      ...(given.user === undefined ? {} : { auth: { user: given.user, pass: given.password ?? "" } }),
      // A password never travels readable beyond this machine.
      requireTLS: given.password !== undefined && !isLoopback(at.address) && !(given.secure ?? false),
      connectionTimeout: notifyLimits.mailMs,
      greetingTimeout: notifyLimits.mailMs,
      socketTimeout: notifyLimits.mailMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      const info = await transport.sendMail(messageOf(notice, given));
      return { outcome: "sent", answer: cut(info.response) };
    } catch (error) {
      return judge(error);
    } finally {
      transport.close();
    }
  },
};

const isLoopback = (ip: string): boolean => ip === "::1" || ip.startsWith("127.");

/** The Message-ID is the notice's key: who gets it twice has it once. All of an incident are one conversation. */
function messageOf(notice: Notice, { from, to }: EmailSettings) {
  const domain = from.slice(from.indexOf("@") + 1);
  const thread = `<${safe(notice.thread)}@${domain}>`;
  return {
    from: { name: "Lamplighter", address: from },
    to,
    subject: notice.title,
    messageId: `<${safe(notice.key)}@${domain}>`,
    inReplyTo: thread,
    references: thread,
    text: mailText(notice),
    html: mailHtml(notice),
    headers: { "auto-submitted": "auto-generated", "x-lamplighter-key": notice.key },
  };
}

const safe = (text: string): string => text.replace(/[^A-Za-z0-9_.-]/g, ".");
const cut = (text: string): string =>
  text
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, notifyLimits.answerChars);

/** 5xx of SMTP says no for good; 4xx and broken lines are worth another try. Pure. */
export function judge(error: unknown): Outcome {
  const { responseCode, response } = error as { responseCode?: number; response?: string };
  const answer = cut(response ?? connectionWords(error));
  return { outcome: responseCode !== undefined && responseCode >= 500 ? "refused" : "retry", answer };
}
