import type { ComponentChildren } from "preact";
import type { Demo } from "../api.ts";
import { now } from "../clock.ts";
import { follow } from "../router.ts";
import { absolute, ago } from "../words.ts";

type Message = Demo["messages"][number];

/** What was really sent, as it came to a mail and a webhook receiver on this computer. */
export function Phone({ messages }: { messages: readonly Message[] }) {
  return (
    <section class="phone" aria-labelledby="phone">
      <h2 id="phone">The phone on duty</h2>
      <p class="quiet">What was really sent, as a mail server and a webhook receiver on this computer got it.</p>
      {messages.length === 0 && (
        <p class="phone-empty">Nothing yet. A street where all is well tells nobody anything.</p>
      )}
      <ol aria-live="polite">
        {messages.map((message) => (
          <li key={message.id}>
            <Bubble message={message} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Bubble({ message }: { message: Message }) {
  const { channel, at, subject, text, raw, to, signed } = message;
  return (
    <article class={`bubble bubble-${channel}`}>
      <header>
        <b>{channel === "email" ? "Email" : "Webhook"}</b>
        <time class="quiet" dateTime={new Date(at).toISOString()} title={absolute(at)}>
          {ago(at, now.value)}
        </time>
      </header>
      <p class="bubble-subject">{channel === "webhook" ? (beginnings[subject] ?? subject) : subject}</p>
      {text !== "" && <p class="bubble-text">{linked(text.trim())}</p>}
      <details>
        <summary>As it came</summary>
        <p class="quiet">
          To {to}
          {signed === true && ", signature checked"}
          {signed === false && ", the signature is wrong"}
        </p>
        <pre>{pretty(channel, raw)}</pre>
      </details>
    </article>
  );
}

/** A webhook names its kind; people read words. */
const beginnings: Record<string, string> = {
  opened: "An incident began",
  updated: "An incident grew",
  resolved: "An incident is over",
  closed: "An incident was closed",
  test: "A test",
};

/** Addresses of this controller can be pressed, as on a phone. */
function linked(text: string): ComponentChildren[] {
  return text.split(/(https?:\/\/[^\s]+)/).map((part) =>
    part.startsWith(`${location.origin}/`) ? (
      <a key={part} href={part} onClick={follow}>
        {part.replace(/^https?:\/\//, "")}
      </a>
    ) : (
      part
    ),
  );
}

function pretty(channel: Message["channel"], raw: string): string {
  if (channel === "email") return raw;
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}
