import { describe, expect, it } from "vitest";
import { type Suffix, topics } from "#wire";
import { access } from "../../../controller/broker/access.ts";

const suffixes = Object.keys(topics) as Suffix[];
const fill = (suffix: Suffix) => suffix.replace("<id>", "c-1");

describe("who may do what", () => {
  // The whole table: device × topic × verb.
  for (const suffix of suffixes) {
    const up = topics[suffix].way === "up";
    for (const owner of ["own", "other"]) {
      it(`${suffix} of ${owner}`, () => {
        const topic = `lamplighter/v1/${owner}/${fill(suffix)}`;
        const filter = `lamplighter/v1/${owner}/${suffix.replace("<id>", "+")}`;
        expect(access("own", "publish", topic).allowed).toBe(up && owner === "own");
        expect(access("own", "subscribe", filter).allowed).toBe(!up && owner === "own");
      });
    }
  }

  it.each([
    "#",
    "+",
    "$SYS/#",
    "$SYS/x/new/clients",
    "lamplighter/#",
    "lamplighter/v1/+/telemetry",
    "lamplighter/v1/own/#",
    "lamplighter/v1/own/+",
    "lamplighter/v1/+/delivered",
    "$share/g/lamplighter/v1/own/delivered",
    "",
    "lamplighter/v1/own",
    "lamplighter/v1/own/",
    "lamplighter/v1/own/telemetry/",
    "lamplighter/v1/own/command/+/result",
    "lamplighter/v1/own/command/a/b/result",
    "lamplighter/v2/own/telemetry",
    "LAMPLIGHTER/v1/own/telemetry",
    "lamplighter/v1/own/__proto__",
    "lamplighter/v1/own/constructor",
  ])("refuses %j both ways", (topic) => {
    expect(access("own", "publish", topic).allowed).toBe(false);
    expect(access("own", "subscribe", topic).allowed).toBe(false);
  });
});
