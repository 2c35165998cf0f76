import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FolderItem, filesOf, folderLimits, isOurs, itemsIn } from "../../../controller/config/folder.ts";

const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("yes", "0x10", "1e3", "~", "- a", "{{ v }}", "a: b", " x ", "#", "\n\n", "null", "2026-11-28"),
);
const json = fc.jsonValue({ maxDepth: 5, stringUnit: "grapheme" }).map((value) => JSON.parse(JSON.stringify(value)));
const variable = fc.oneof(
  text.map((value) => ({ type: "string", value })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => ({ type: "number", value: value === 0 ? 0 : value })),
  fc.boolean().map((value) => ({ type: "boolean", value })),
  fc.constant({ type: "secret" }),
  fc.constant({ type: "string" }),
);
const body = fc.record({
  name: text,
  order: fc.integer(),
  document: fc.dictionary(text, json),
  variables: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,10}$/), variable),
});
const item: fc.Arbitrary<FolderItem> = fc.oneof(
  body.map((one) => ({ kind: "organisation" as const, id: "organisation", body: one })),
  fc.record({
    kind: fc.constantFrom("template" as const, "group" as const, "site" as const, "device" as const),
    id,
    body,
  }),
);
const all = fc.uniqueArray(item, { selector: ({ kind, id: one }) => `${kind}/${one}`, maxLength: 8 });
const sorted = (items: readonly FolderItem[]) =>
  [...items].sort((a, b) => (`${a.kind}${a.id}` < `${b.kind}${b.id}` ? -1 : 1));

describe("a folder of YAML", () => {
  it("comes back as it went, whatever is in it", () => {
    fc.assert(
      fc.property(all, (items) => {
        const files = filesOf(items);
        expect(sorted(itemsIn(files))).toEqual(sorted(items));
        expect(filesOf(itemsIn(files))).toEqual(files);
        expect([...files.keys()].every(isOurs)).toBe(true);
      }),
    );
  });

  it("is the same whatever order it is written in", () => {
    fc.assert(
      fc.property(all, (items) => {
        expect([...filesOf([...items].reverse())]).toEqual([...filesOf(items)]);
      }),
    );
  });

  it("says of a secret only that there is one", () => {
    const secret = { type: "secret", secret: true, set: true };
    const files = filesOf([
      { kind: "template", id: "t", body: { name: "T", document: {}, variables: { key: secret } } },
    ]);
    expect(files.get("templates/t.yaml")).toBe("name: T\ndocument: {}\nvariables:\n  key:\n    type: secret\n");
  });

  it.each([
    ["templates/a.yaml", "a: 1\na: 2\n", /templates\/a.yaml: Map keys must be unique/],
    ["templates/a.yaml", "- a\n", /templates\/a.yaml: keys and values expected/],
    ["groups/a.yaml", "a: [\n", /groups\/a.yaml: /],
    ["groups/-a.yaml", "a: 1\n", /groups\/-a.yaml: the name is/],
    ["templates/a.yaml", `a: &a [1]\nb: &b [${"*a,".repeat(60)}]\nc: [${"*b,".repeat(60)}]\n`, /alias/i],
  ])("%s with %j is refused by its name", (path, content, message) => {
    expect(() => itemsIn(new Map([[path, content]]))).toThrow(message);
  });

  it("other files are nobody's business", () => {
    expect(
      itemsIn(
        new Map([
          ["README.md", "x"],
          ["templates/a.txt", "x"],
          ["a/../templates/b.yaml", "x"],
        ]),
      ),
    ).toEqual([]);
    expect(folderLimits.fileBytes).toBeGreaterThan(64 * 1024);
  });
});
