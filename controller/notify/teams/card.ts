import type { Notice } from "../channel-kind.ts";

const styles: Record<Notice["kind"], string> = {
  opened: "attention",
  updated: "attention",
  resolved: "good",
  closed: "default",
  digest: "emphasis",
  test: "emphasis",
};

/** An Adaptive Card of version 1.4, which every Teams client shows; well below the 28 KB that Teams takes. Pure. */
export function cardOf({ kind, title, text, facts, items, url }: Notice): object {
  const body: object[] = [
    {
      type: "Container",
      style: styles[kind],
      bleed: true,
      items: [{ type: "TextBlock", text: plain(title), weight: "bolder", size: "medium", wrap: true }],
    },
    { type: "TextBlock", text: plain(text), wrap: true },
  ];
  if (facts.length > 0)
    body.push({
      type: "FactSet",
      facts: facts.map(({ label, text: said, url: at }) => ({
        title: plain(label),
        value: at?.startsWith("http") ? `[${plain(said)}](${at})` : plain(said),
      })),
    });
  for (const item of items)
    body.push({ type: "TextBlock", text: `[${plain(item.title)}](${item.url})`, wrap: true, spacing: "small" });
  return {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    msteams: { width: "Full" },
    // What a phone's notification shows.
    summary: title,
    fallbackText: `${title}. ${text}`,
    body,
    actions: [
      {
        type: "Action.OpenUrl",
        title: kind === "digest" || kind === "test" ? "All incidents" : "Open the incident",
        url,
      },
    ],
  };
}

/** A device may bear any name: it is no Markdown. */
const plain = (text: string): string => text.replace(/[\\`*_[\]()#]/g, (letter) => `\\${letter}`);
