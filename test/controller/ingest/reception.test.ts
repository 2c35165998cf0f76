import { describe, expect, it } from "vitest";
import { encode } from "#wire";
import { createReception } from "../../../controller/ingest/index.ts";
import { handClock } from "../base/hand-clock.ts";
import { reportOf } from "../config/said.ts";
import { quiet } from "../records/fresh.ts";

const topic = { device: "demo-device", suffix: "config/reported" } as const;

function reception() {
  const [reported, contacts, cut]: string[][] = [[], [], []];
  const { receive, counts } = createReception({
    clock: handClock(),
    log: quiet,
    presence: { presence() {}, heartbeat() {}, contact: (device) => void contacts?.push(device) },
    config: { reported: (_, { state }) => void reported?.push(state) },
    queue() {},
    isDevice: (device) => device === "demo-device",
    disconnect: (device) => void cut?.push(device),
  });
  const hear = (payload: string, will = false, device = "demo-device") =>
    receive(device, topic, Buffer.from(payload), { will });
  return { hear, reported, contacts, cut, counts };
}

describe("a report on configuration", () => {
  const text = encode("config/reported", reportOf({ state: "trying" }));

  it("is handed on at once, and is a sign of life", () => {
    const { hear, reported, contacts } = reception();
    hear(text);
    expect([reported, contacts]).toEqual([["trying"], ["demo-device"]]);
  });

  it("is nothing when it was left behind as a will, or comes from a device that was removed", () => {
    const { hear, reported, contacts } = reception();
    hear(text, true);
    hear(text, false, "gone-device");
    expect([reported, contacts]).toEqual([[], []]);
  });

  it.each([["{}"], ["not json"], [JSON.stringify({ ...reportOf({}), problems: Array(51).fill({}) })]])(
    "that can't be read ends the session: %s",
    (wrong) => {
      const { hear, reported, cut, counts } = reception();
      hear(wrong);
      expect([reported, cut, counts().malformed]).toEqual([[], ["demo-device"], 1]);
    },
  );
});
