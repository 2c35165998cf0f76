import type { Notice } from "../channel-kind.ts";

/** What people read in plain text. */
export const mailText = ({ text, url }: Notice): string => `${text}\n\n${url}\n`;

/** The same with the look of the screens; nothing is fetched from anywhere. */
export function mailHtml({ text, url, kind }: Notice): string {
  const colour = kind === "resolved" ? "#17703f" : kind === "opened" ? "#b3261e" : "#56606d";
  return `<!doctype html><html lang="en"><body style="margin:0;background:#faf7f2;color:#1c242e;font:16px/1.45 system-ui,sans-serif">
<div style="max-width:560px;margin:0 auto;padding:24px">
<p style="margin:0 0 12px;color:#8f5200;font-weight:600">Lamplighter</p>
<p style="margin:0 0 16px;padding:12px 16px;background:#fffdf9;border-left:4px solid ${colour}">${inHtml(text)}</p>
<p style="margin:0"><a href="${inHtml(url)}" style="color:#1d5a96">Open the incident</a></p>
</div></body></html>`;
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const inHtml = (text: string): string => text.replace(/[&<>"']/g, (letter) => entities[letter] ?? letter);
