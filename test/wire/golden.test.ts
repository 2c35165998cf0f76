import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { decode, parseTopic, type Suffix, topics } from "#wire";

const golden = fileURLToPath(new URL("./golden", import.meta.url));

/** What a released agent or controller once said must be understood for ever. Never change a file; add a version. */
describe.each(readdirSync(golden))("what version %s said", (version) => {
  const files = readdirSync(`${golden}/${version}`);
  it.each(files)("%s", (file) => {
    const { topic, message } = JSON.parse(readFileSync(`${golden}/${version}/${file}`, "utf8"));
    const suffix = parseTopic(topic)?.suffix as Suffix;
    expect(decode(suffix, JSON.stringify(message))).toEqual({ ok: true, message });
  });

  it("covers every topic", () => {
    const seen = new Set(
      files.map((file) => parseTopic(JSON.parse(readFileSync(`${golden}/${version}/${file}`, "utf8")).topic)?.suffix),
    );
    expect(Object.keys(topics).filter((suffix) => !seen.has(suffix as Suffix))).toEqual([]);
  });
});
