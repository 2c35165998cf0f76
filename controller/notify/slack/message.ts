import type { Notice } from "../channel-kind.ts";

/** Slack takes at most so many letters in one section. */
const sectionChars = 2_900;

const marks: Record<Notice["kind"], string> = {
  opened: "■",
  updated: "■",
  resolved: "●",
  closed: "○",
  digest: "≡",
  test: "○",
};

/** What people see: title, sentence, facts, one link. Pure. */
export function blocksOf({ kind, title, text, facts, items, url }: Notice): object[] {
  const lines = facts.map(
    (fact) => `*${inSlack(fact.label)}:* ${fact.url ? link(fact.url, fact.text) : inSlack(fact.text)}`,
  );
  return [
    section(`*${marks[kind]} ${inSlack(title)}*`),
    section(inSlack(text)),
    ...(lines.length > 0 ? [section(lines.join("\n"))] : []),
    ...sections(items.map((item) => `• ${link(item.url, item.title)}`)),
    section(link(url, kind === "digest" || kind === "test" ? "All incidents" : "Open the incident")),
  ];
}

/** What is said in the thread. */
export const followUp = ({ kind, title, text }: Notice) => ({
  text: `${marks[kind]} ${inSlack(title)}\n${inSlack(text)}`,
});

const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text: text.slice(0, sectionChars) } });

function sections(lines: readonly string[]): object[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + line.length < sectionChars) texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts.map(section);
}

const link = (url: string, text: string): string => `<${url.replace(/[<>|]/g, encodeURIComponent)}|${inSlack(text)}>`;

/** A device may bear any name: it mentions nobody and links nowhere. */
const inSlack = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
