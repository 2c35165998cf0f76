import type { IncomingHttpHeaders } from "node:http";
import { openMail } from "./mail.ts";
import { createInbox, type PhoneMessage } from "./messages.ts";
import { isSigned } from "./signature.ts";
import { openWebhook } from "./webhook.ts";

export { type PhoneMessage, phoneLimits } from "./messages.ts";
export { wordsOf } from "./webhook.ts";

export interface Phone {
  mailPort: number;
  webhookPort: number;
  messages(): PhoneMessage[];
  stop(): Promise<void>;
}

/** What the demo's alerts are really sent to: a mail and a webhook receiver on loopback. A port that is taken meanwhile
 *  is exchanged for a free one. */
export async function openPhone(needs: {
  mailPort: number;
  webhookPort: number;
  now: () => number;
  arrived: () => void;
  /** Of the webhook's channel. */
  secret: string;
}): Promise<Phone> {
  const inbox = createInbox(needs);
  const mail = await openMail(inbox, needs.mailPort).catch(() => openMail(inbox, 0));
  const signed = (headers: IncomingHttpHeaders, body: string) => isSigned(needs.secret, headers, body, needs.now());
  const hook = (port: number) => openWebhook({ inbox, port, isSigned: signed });
  const webhook = await hook(needs.webhookPort).catch(() => hook(0));
  return {
    mailPort: mail.port,
    webhookPort: webhook.port,
    messages: inbox.list,
    async stop() {
      await Promise.all([mail.stop(), webhook.stop()]);
    },
  };
}
