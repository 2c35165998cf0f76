import { z } from "zod";
import type { ChannelKind, Notice } from "../channel-kind.ts";
import { field } from "../form.ts";
import { hasUser, idPart, mailbox, sendMail, smtpShape } from "../smtp.ts";
import { mailHtml, mailText } from "./message.ts";

const settings = z
  .strictObject({
    to: field(z.array(mailbox()).min(1).max(20), {
      label: "To",
      hint: "Several: with commas",
      placeholder: "duty@council.example",
    }),
    from: field(mailbox(), { label: "From", placeholder: "lamplighter@council.example" }),
    ...smtpShape(),
  })
  .refine(...hasUser);
export type EmailSettings = z.infer<typeof settings>;

/** Mail over SMTP. See README.md. */
export const email: ChannelKind<EmailSettings> = {
  title: "Email",
  help: "A mail to one or more mailboxes; all mails of an incident are one conversation.",
  people: true,
  settings,
  target: ({ to = [], host = "", port = 0 }) => `${to.join(", ")} by ${host}:${port}`,
  send: (notice, given, reach) => sendMail(given, messageOf(notice, given), reach),
};

/** The Message-ID is the notice's key: who gets it twice has it once. All of an incident are one conversation. */
function messageOf(notice: Notice, { from, to }: EmailSettings) {
  const domain = from.slice(from.indexOf("@") + 1);
  const thread = `<${idPart(notice.thread)}@${domain}>`;
  return {
    from: { name: "Lamplighter", address: from },
    to,
    subject: notice.title,
    messageId: `<${idPart(notice.key)}@${domain}>`,
    inReplyTo: thread,
    references: thread,
    text: mailText(notice),
    html: mailHtml(notice),
    headers: { "x-lamplighter-key": notice.key },
    ...(notice.severity === "critical" && notice.kind === "opened" ? { priority: "high" as const } : {}),
  };
}
