import { z } from "zod";
import type { Reach } from "../../base/outbound.ts";
import { type Answer, call, isOutcome, jsonOf, judge, webUrl } from "../call.ts";
import type { ChannelKind, Handle, Notice, Outcome } from "../channel-kind.ts";
import { field } from "../form.ts";
import { notifyLimits } from "../limits.ts";
import { blocksOf, followUp } from "./message.ts";

const settings = z
  .strictObject({
    url: field(webUrl().optional(), {
      label: "Incoming webhook",
      hint: "Simplest: posts a message for each notice. Whoever has it may post, so it is never shown again.",
      placeholder: "https://hooks.slack.com/services/…",
      secret: true,
    }),
    token: field(
      z
        .string()
        .min(1)
        .max(512)
        .regex(/^[\x21-\x7e]+$/, "letters of ASCII, no spaces")
        .optional(),
      {
        label: "Or a bot token",
        hint: "xoxb-…, with the right chat:write: then the message of an incident is edited in place.",
        secret: true,
      },
    ),
    channel: field(
      z
        .string()
        .min(1)
        .max(80)
        .regex(/^[^\s]+$/, "no spaces")
        .optional(),
      {
        label: "Channel, with a bot token",
        hint: "Its id, such as C0123456789; the bot has to be a member.",
      },
    ),
    api: field(webUrl().optional(), {
      label: "Address of the API",
      hint: "Only where it is another than https://slack.com/api",
      rare: true,
    }),
  })
  .refine(({ url, token }) => (url === undefined) !== (token === undefined), {
    path: ["url"],
    message: "an incoming webhook, or a bot token with a channel",
  })
  .refine(({ token, channel }) => token === undefined || channel !== undefined, {
    path: ["channel"],
    message: "a bot token needs a channel",
  });
export type SlackSettings = z.infer<typeof settings>;

/** Slack, by webhook or as a bot. See README.md. */
export const slack: ChannelKind<SlackSettings> = {
  title: "Slack",
  help: "A message in a Slack channel; with a bot token it is edited as the incident goes on.",
  people: true,
  settings,
  target: ({ channel }) => (channel === undefined ? "an incoming webhook" : `channel ${channel}`),
  async send(notice, { url, token = "", channel = "", api = "https://slack.com/api" }, reach) {
    if (url !== undefined) {
      const answer = await call(reach, { url, body: JSON.stringify(bodyOf(notice)) });
      return isOutcome(answer) ? answer : judge(answer);
    }
    const bot = { token, api, reach };
    const { channel: room, ts } = notice.handle ?? {};
    if (room !== undefined && ts !== undefined) return await goOn(bot, notice, { channel: room, ts });
    return await post(bot, { channel, ...bodyOf(notice) });
  },
};

interface Bot {
  token: string;
  api: string;
  reach: Reach;
}

/** `text` is what a phone shows beside the blocks. */
const bodyOf = (notice: Notice) => ({
  text: notice.title,
  blocks: blocksOf(notice),
  unfurl_links: false,
  unfurl_media: false,
});

/** The first message says how things are now; a reply tells those who follow it, since an edit rings nobody's phone. */
async function goOn(bot: Bot, notice: Notice, at: Handle): Promise<Outcome> {
  const edited = await ask(bot, "chat.update", { ...at, ...bodyOf(notice) });
  // Deleted, or too old to be edited: it is told all the same.
  const lost =
    edited.outcome === "refused" &&
    /\b(message_not_found|cant_update_message|edit_window_closed)\b/.test(edited.answer);
  if (edited.outcome !== "sent" && !lost) return edited;
  const body = lost ? bodyOf(notice) : { ...followUp(notice), thread_ts: at["ts"] };
  const replied = await post(bot, { channel: at["channel"], ...body });
  // The thread goes on at the first message.
  return replied.outcome === "sent" && !lost ? { ...replied, handle: at } : replied;
}

const post = (bot: Bot, body: object): Promise<Outcome> => ask(bot, "chat.postMessage", body);

/** Slack says 200 also to what it refuses. */
async function ask({ token, api, reach }: Bot, method: string, body: object): Promise<Outcome> {
  const headers = { authorization: `Bearer ${token}` };
  // It sends the whole message back.
  const answerBytes = notifyLimits.longAnswerBytes;
  const answer = await call(reach, { url: `${api}/${method}`, headers, body: JSON.stringify(body), answerBytes });
  if (isOutcome(answer)) return answer;
  const outcome = judge(answer);
  return outcome.outcome === "sent" ? verdict(answer) : outcome;
}

const schema = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  channel: z.string().max(80).optional(),
  ts: z.string().max(80).optional(),
});
const passing = [
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "ratelimited",
  "rate_limited",
];

/** Pure. */
function verdict({ text, words }: Answer): Outcome {
  const said = schema.safeParse(jsonOf(text));
  if (!said.success) return { outcome: "retry", answer: words };
  const { ok, error = "no reason given", channel, ts } = said.data;
  if (ok) return { outcome: "sent", answer: "ok", ...(channel && ts ? { handle: { channel, ts } } : {}) };
  return { outcome: passing.includes(error) ? "retry" : "refused", answer: `Slack says no: ${error}` };
}
