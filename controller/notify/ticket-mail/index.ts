import { z } from "zod";
import type { ChannelKind, Notice } from "../channel-kind.ts";
import { mailText } from "../email/message.ts";
import { field } from "../form.ts";
import { hasUser, idPart, mailbox, sendMail, smtpShape } from "../smtp.ts";

const line = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => !/\p{Cc}/u.test(text), "one line");

const settings = z
  .strictObject({
    to: field(mailbox(), { label: "Mailbox of the helpdesk", placeholder: "helpdesk@council.example" }),
    from: field(mailbox(), {
      label: "From",
      hint: "A requester that the helpdesk knows.",
      placeholder: "lamplighter@council.example",
    }),
    ...smtpShape(),
    opening: field(line(1_000).optional(), {
      label: "Line in the first mail",
      hint: "Such as a command of the helpdesk: #category network",
      rare: true,
    }),
    closing: field(line(1_000).optional(), {
      label: "Line in the last mail",
      hint: "Such as a command of the helpdesk that closes the ticket: #status resolved",
      rare: true,
    }),
  })
  .refine(...hasUser);
export type TicketMailSettings = z.infer<typeof settings>;

/** A ticket by mail. See README.md. */
export const ticketMail: ChannelKind<TicketMailSettings> = {
  title: "Ticket by email",
  help: "One ticket per incident in a helpdesk that takes mails, with the same reference in every subject.",
  people: false,
  stepwise: true,
  settings,
  target: ({ to = "", host = "", port = 0 }) => `${to} by ${host}:${port}`,
  async send(notice, given, reach) {
    const reference = notice.handle?.["reference"] ?? referenceOf(notice.thread);
    const outcome = await sendMail(given, messageOf(notice, reference, given), reach);
    return outcome.outcome === "sent" && notice.kind !== "test" && notice.handle === null
      ? { ...outcome, handle: { reference } }
      : outcome;
  },
};

/** Short enough to read out, and the same for all mails of an incident: helpdesks put together what bears one. */
const referenceOf = (incident: string): string =>
  `LL-${incident
    .replace(/^incident_/, "")
    .replace(/[^A-Za-z0-9]/g, "")
    .slice(0, 10)
    .toUpperCase()}`;

function messageOf(notice: Notice, reference: string, { from, to, opening, closing }: TicketMailSettings) {
  const domain = from.slice(from.indexOf("@") + 1);
  const thread = `<${idPart(notice.thread)}@${domain}>`;
  const first = notice.kind === "opened" || notice.kind === "test";
  const over = notice.kind === "resolved" || notice.kind === "closed";
  const extra = first ? opening : over ? closing : undefined;
  return {
    from: { name: "Lamplighter", address: from },
    to,
    subject: `[${reference}] ${notice.title}`,
    // The first is the conversation's root, so that the helpdesk's own threading finds it again.
    messageId: first ? thread : `<${idPart(notice.key)}@${domain}>`,
    ...(first ? {} : { inReplyTo: thread, references: thread }),
    text: `${extra === undefined ? "" : `${extra}\n\n`}${mailText(notice)}`,
    headers: { "x-lamplighter-key": notice.key, "x-lamplighter-reference": reference },
  };
}
