import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readSettings } from "../../edge-agent/index.ts";

const top = fileURLToPath(new URL("../..", import.meta.url));

describe("the agent's settings", () => {
  it("have defaults for everything", () => {
    expect(readSettings({})).toEqual({
      ...{ intervalMs: 10_000, flushMs: 5_000, hardware: {} },
      files: { folders: [], check: [], reload: [] },
      link: { backlogBytesPerSecond: 128 * 1024 },
      spool: { maxBytes: 32 * 1024 * 1024, maxAgeMs: 10 * 24 * 3600 * 1000 },
      collectors: {
        system: { enabled: true },
        interface: { enabled: true, ignore: [] },
        probe: { enabled: true, intervalMs: 60_000 },
        radio: { enabled: true },
        environment: { enabled: true },
        topology: { enabled: true },
      },
    });
  });

  it.each(["system", "interface", "probe", "topology"])("of the %s collector's sample are right", (name) => {
    const sample = JSON.parse(readFileSync(`${top}/edge-agent/collectors/${name}/sample.json`, "utf8"));
    expect(readSettings(sample).collectors).toMatchObject(sample.collectors);
  });

  const probe = (more: object) => ({ collectors: { probe: { probes: [more] } } });
  it.each([
    [{ colour: 1 }, "colour: there is no such setting"],
    [{ spool: { maxByte: 1 } }, "spool.maxByte: there is no such setting"],
    [{ intervalMs: 999 }, "intervalMs: at least 1000"],
    [{ intervalMs: "10s" }, "intervalMs: a whole number from 1000 to 3600000 (number expected)"],
    [{ spool: { maxBytes: 1 } }, "spool.maxBytes: at least 1048576"],
    [probe({ name: "a", kind: "smtp" }), "collectors.probe.probes.0.kind"],
    [probe({ name: "a", kind: "tcp", host: "h", port: 0 }), "collectors.probe.probes.0.port: at least 1"],
    [
      probe({ name: "a", kind: "http", url: "file:///etc" }),
      "collectors.probe.probes.0.url: an http:// or https:// address",
    ],
    [
      { collectors: { probe: { probes: Array(33).fill({ name: "a", kind: "icmp", host: "h" }) } } },
      "at most 32 probes",
    ],
    [{ collectors: { probe: { probes: Array(2).fill({ name: "a", kind: "icmp", host: "h" }) } } }, "two are named a"],
    [[], "message: "],
  ])("say what is wrong with %j", (value, problem) => {
    expect(() => readSettings(value)).toThrow(problem);
  });
});
