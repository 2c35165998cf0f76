import type { Notice } from "../channel-kind.ts";

/** What people read in plain text. */
export function mailText({ text, facts, items, url, kind }: Notice): string {
  const lines = facts.map(({ label, text: said, url: at }) => `${label}: ${said}${at && at !== said ? ` ${at}` : ""}`);
  const list = items.map((item) => `- ${item.title}\n  ${item.url}`);
  const link = kind === "digest" ? `All incidents: ${url}` : url;
  return [text, lines.join("\n"), list.join("\n"), link].filter(Boolean).join("\n\n").concat("\n");
}

/** The same with the look of the screens; nothing is fetched from anywhere. */
export function mailHtml({ text, facts, items, url, kind }: Notice): string {
  const colour = kind === "resolved" ? "#17703f" : kind === "opened" ? "#b3261e" : "#56606d";
  return `<!doctype html><html lang="en"><body style="margin:0;background:#faf7f2;color:#1c242e;font:16px/1.45 system-ui,sans-serif">
<div style="max-width:560px;margin:0 auto;padding:24px">
<p style="margin:0 0 12px;color:#8f5200;font-weight:600">Lamplighter</p>
<p style="margin:0 0 16px;padding:12px 16px;background:#fffdf9;border-left:4px solid ${colour}">${inHtml(text)}</p>
${factTable(facts)}${itemList(items)}<p style="margin:0">${link(url, kind === "digest" ? "All incidents" : "Open the incident")}</p>
</div></body></html>`;
}

const link = (url: string, text: string): string =>
  `<a href="${inHtml(url)}" style="color:#1d5a96">${inHtml(text)}</a>`;

function factTable(facts: Notice["facts"]): string {
  if (facts.length === 0) return "";
  const rows = facts.map(
    ({ label, text, url }) =>
      `<tr><th style="text-align:left;vertical-align:top;padding:2px 12px 2px 0;color:#56606d;font-weight:400">${inHtml(label)}</th><td style="padding:2px 0">${url ? link(url, text) : inHtml(text)}</td></tr>`,
  );
  return `<table role="presentation" style="margin:0 0 16px;border-collapse:collapse">${rows.join("")}</table>\n`;
}

const itemList = (items: Notice["items"]): string =>
  items.length === 0
    ? ""
    : `<ul style="margin:0 0 16px;padding-left:20px">${items.map(({ title, url }) => `<li style="margin:4px 0">${link(url, title)}</li>`).join("")}</ul>\n`;

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const inHtml = (text: string): string => text.replace(/[&<>"']/g, (letter) => entities[letter] ?? letter);
