/** What the phone says as, and what a person would read of what it got. */
export interface Vendor {
  subject: string;
  text: string;
  answer: { status: number; body: string };
}

/** Somebody tries a channel on the demo: the phone answers as Slack, Teams, ntfy or a helpdesk would, by the path that the
 *  channel was given: /slack, /teams, /ntfy, /tickets. null: it is a plain webhook. Pure.
 *  @param number of the next ticket */
export function asVendor(path: string, body: unknown, number: number): Vendor | null {
  const vendor = /^\/(slack|teams|ntfy|tickets)\b/.exec(path)?.[1];
  const said = body as Said;
  const ok = { status: 200, body: "ok" };
  if (vendor === "slack") return { subject: "Slack", text: textOf(said.text), answer: ok };
  if (vendor === "teams") {
    const card = said.attachments?.[0]?.content;
    return { subject: "Microsoft Teams", text: textOf(card?.fallbackText), answer: { status: 202, body: "" } };
  }
  if (vendor === "ntfy") {
    const text = [said.title, said.message].map(textOf).filter(Boolean).join("\n");
    return { subject: "ntfy", text, answer: { status: 200, body: `{"id":"demo${number}"}` } };
  }
  if (vendor !== "tickets") return null;
  const id = path.split("/")[2] ?? `DEMO-${number}`;
  const isNew = path.split("/")[2] === undefined;
  const answer = { status: isNew ? 201 : 200, body: JSON.stringify({ id }) };
  return { subject: isNew ? `Ticket ${id} was opened` : `Ticket ${id} was changed`, text: textsIn(body), answer };
}

interface Said {
  text?: unknown;
  title?: unknown;
  message?: unknown;
  attachments?: { content?: { fallbackText?: unknown } }[];
}

const most = 1_000;
const textOf = (value: unknown): string => (typeof value === "string" ? value.slice(0, most) : "");

/** A ticket may have any shape: its texts, in their order. */
function textsIn(body: unknown): string {
  if (typeof body === "string") return body.slice(0, most);
  if (typeof body !== "object" || body === null) return "";
  return Object.values(body).slice(0, 20).map(textsIn).filter(Boolean).join("\n").slice(0, most);
}
