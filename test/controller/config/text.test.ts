import { describe, expect, it } from "vitest";
import { createText, textLimits } from "../../../controller/config/text.ts";

const text = createText();
const tooMuch = /takes too much work|letters|tag "capture" not found/;

describe("a text", () => {
  it.each([
    ["{% if on %}yes{% else %}no{% endif %}", "yes"],
    ["{% for i in (1..3) %}{{ i }},{% endfor %}", "1,2,3,"],
    ["{{ name | upcase | slice: 0, 3 }}", "LAM"],
    ["{% raw %}{{ name }}{% endraw %}", "{{ name }}"],
    ["{% assign x = n | plus: 1 %}{{ x }}", "6"],
  ])("%s", (template, made) => {
    expect(text(template, { on: true, name: "lamp", n: 5 })).toBe(made);
  });

  it.each([
    ["a loop without end", "{% for i in (1..1000000000) %}x{% endfor %}"],
    [
      "loops in loops",
      "{% for a in (1..9999) %}{% for b in (1..9999) %}{% for c in (1..9999) %}{% endfor %}{% endfor %}{% endfor %}",
    ],
    ["a text that doubles", `{% assign s = 'xxxxxxxx' %}${"{% assign s = s | append: s %}".repeat(40)}{{ s }}`],
    [
      "a text that is replaced by longer ones",
      `{% assign s = 'xxxx' %}${"{% assign s = s | replace: 'x', 'xxxxxxxx' %}".repeat(12)}{{ s }}`,
    ],
    [
      "captures of captures",
      `{% assign s = 'xxxxxxxx' %}${"{% capture s %}{{ s }}{{ s }}{{ s }}{{ s }}{% endcapture %}".repeat(20)}`,
    ],
    [
      "loops over what is there",
      `{% assign a = '${"x ".repeat(150)}' | split: ' ' %}${"{% for i in a %}".repeat(3)}${"{% endfor %}".repeat(3)}`,
    ],
    ["a long result", "{% for i in (1..5000) %}0123456789{% endfor %}"],
    ["a long template", "x".repeat(textLimits.templateChars + 1)],
  ])("%s is stopped, soon", (_, bomb) => {
    const began = process.cpuUsage();
    expect(() => text(bomb, {})).toThrow(tooMuch);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(500);
  });

  it("keeps a bounded number of texts ready", () => {
    for (let i = 0; i < textLimits.parsed + 5; i++) expect(text(`${i}{{ a }}`, { a: "x" })).toBe(`${i}x`);
  });
});
