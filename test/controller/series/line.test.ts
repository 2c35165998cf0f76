import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineWriter, decodeTag, encodeTag } from "../../../controller/store/series/influx/line.ts";

const at = 1_700_000_000_123;
const line = (tags: Record<string, string>, fields: Record<string, number | string>) =>
  createLineWriter()({ device: "ap-1", m: "probe", at, tags, fields });

describe("line protocol", () => {
  it("is measurement, sorted tags, fields and time", () => {
    expect(line({ probe: "gateway", kind: "icmp" }, { success: 1, latency_ms: 2.5 })).toBe(
      `probe,device=ap-1,kind=icmp,probe=gateway success=1,latency_ms=2.5 ${at}`,
    );
  });

  it("escapes commas, spaces and equals in tags, and quotes and backslashes in text", () => {
    expect(line({ kind: "a,b c=d" }, { x: 'say "\\"' })).toBe(
      String.raw`probe,device=ap-1,kind=a\,b\ c\=d x="say \"\\\"" ${at}`,
    );
  });

  it("escapes names", () => {
    const write = createLineWriter();
    expect(write({ device: "a", m: "m,= 1", at: 0, tags: { "k,= 1": "v" }, fields: { "f,= 1": 1 } })).toBe(
      String.raw`m\,=\ 1,device=a,k\,\=\ 1=v f\,\=\ 1=1 0`,
    );
  });

  it("writes whole numbers as floats, huge and tiny ones exactly, and no negative zero", () => {
    expect(line({}, { a: 3, b: 5e-324, c: Number.MAX_VALUE, d: -0 })).toBe(
      `probe,device=ap-1 a=3,b=5e-324,c=1.7976931348623157e+308,d=0 ${at}`,
    );
  });

  it("never ends a tag in a backslash, and gets every tag back", () => {
    expect(encodeTag("Caf\\")).toBe("Caf\\\u2060");
    const text = fc.string({ unit: fc.constantFrom("\\", "\u2060", "a", " "), maxLength: 6 });
    fc.assert(
      fc.property(text, (tag) => {
        expect(encodeTag(tag).endsWith("\\")).toBe(false);
        expect(decodeTag(encodeTag(tag))).toBe(tag);
      }),
    );
    fc.assert(fc.property(text, text, (a, b) => a === b || encodeTag(a) !== encodeTag(b)));
  });

  it("keeps devices and measurements without tags apart", () => {
    const write = createLineWriter();
    const heads = ["a", "b"].flatMap((device) =>
      ["system", "agent"].map((m) => write({ device, m, at, tags: {}, fields: { x: 1 } }).split(" ")[0]),
    );
    expect(heads).toEqual(["system,device=a", "agent,device=a", "system,device=b", "agent,device=b"]);
  });
});
