import { z } from "zod";
import { call, isOutcome, judge, webUrl } from "../call.ts";
import type { ChannelKind } from "../channel-kind.ts";
import { field } from "../form.ts";
import { cardOf } from "./card.ts";

const settings = z.strictObject({
  url: field(webUrl(), {
    label: "Webhook of the workflow",
    hint: 'In Teams: Workflows, "Send webhook alerts to a channel". Whoever has the URL may post, so it is never shown again.',
    placeholder: "https://….api.powerplatform.com/…",
    secret: true,
  }),
});
export type TeamsSettings = z.infer<typeof settings>;

/** Microsoft Teams by a Workflows webhook. See README.md. */
export const teams: ChannelKind<TeamsSettings> = {
  title: "Microsoft Teams",
  help: "A card in a Teams channel or chat, by a webhook of Workflows.",
  people: true,
  settings,
  target: () => "a Workflows webhook",
  async send(notice, { url }, reach) {
    const content = cardOf(notice);
    const attachment = { contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content };
    const answer = await call(reach, { url, body: JSON.stringify({ type: "message", attachments: [attachment] }) });
    if (isOutcome(answer)) return answer;
    const outcome = judge(answer);
    // Teams has no words of its own for yes.
    return outcome.outcome === "sent" && answer.text.trim() === ""
      ? { ...outcome, answer: `${answer.words}: the workflow has it and posts it` }
      : outcome;
  },
};
