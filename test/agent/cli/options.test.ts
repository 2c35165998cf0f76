import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createLog } from "../../../edge-agent/cli/log.ts";
import { parseOptions } from "../../../edge-agent/cli/options.ts";
import { newFolder } from "../setup.ts";
import { fakeTime } from "../time.ts";

const token = `${"s".repeat(32)}.${"k".repeat(22)}.`;
const least = ["--controller", "https://controller.example", "--data-dir", "/data"];
const parse = (argv: string[], env: Record<string, string> = {}) => parseOptions(argv, env, "1.2.3");

describe("the agent's command line", () => {
  it("is read over the environment", () => {
    const env = {
      LAMPLIGHTER_AGENT_CONTROLLER: "https://other.example",
      LAMPLIGHTER_AGENT_TOKEN: token,
      LAMPLIGHTER_AGENT_DATA_DIR: "/other",
      LAMPLIGHTER_AGENT_KIND: "sensor",
    };
    expect(parse([], env)).toMatchObject({
      options: { controllerUrl: "https://other.example", token, dataDir: "/other", kind: "sensor" },
    });
    expect(parse([...least, "--kind=gateway"], env)).toMatchObject({
      options: { controllerUrl: "https://controller.example", token, dataDir: "/data", kind: "gateway" },
    });
  });

  it("takes a token that begins with a dash: one of 64 does", () => {
    const dashed = `-${token.slice(1)}`;
    expect(parse([...least, "--token", dashed])).toMatchObject({ options: { token: dashed } });
    expect(parse([...least, `--token=${dashed}`])).toMatchObject({ options: { token: dashed } });
    expect(parse([...least, "--token", "--kind", "sensor"])).toMatchObject({ exit: 64 });
  });

  it("reads token and settings from files", async () => {
    const folder = await newFolder();
    const [config, secret] = [join(folder, "agent.json"), join(folder, "token")];
    await writeFile(config, '{"intervalMs": 2000}');
    await writeFile(secret, `${token}\n`);
    expect(parse([...least, "--config", config], { LAMPLIGHTER_AGENT_TOKEN_FILE: secret })).toMatchObject({
      options: { token, kind: "access-point", settings: { intervalMs: 2000 } },
    });
    await writeFile(config, '{"interval": 2000}');
    expect(parse([...least, "--config", config])).toEqual({
      exit: 78,
      problem: `${config}: interval: there is no such setting`,
    });
    await writeFile(config, "{");
    expect(parse([...least, "--config", config])).toMatchObject({
      exit: 78,
      problem: expect.stringContaining("not JSON"),
    });
  });

  it.each([
    [["--help"], "Exit codes"],
    [["-h"], "LAMPLIGHTER_AGENT_CONTROLLER"],
    [["--version"], "1.2.3\n"],
  ])("answers %j", (argv, words) => {
    expect(parse(argv)).toMatchObject({ say: expect.stringContaining(words) });
  });

  it.each([
    [64, [], "--controller (or LAMPLIGHTER_AGENT_CONTROLLER) is missing"],
    [64, least.slice(0, 2), "--data-dir (or LAMPLIGHTER_AGENT_DATA_DIR) is missing"],
    [64, ["--colour"], "Unknown option '--colour'"],
    [64, ["start"], "Unexpected argument 'start'"],
    [78, ["--controller", "controller.example", ...least.slice(2)], "http:// or https:// address is allowed"],
    [78, [...least, "--kind", "lamp"], "lamp found; access-point, sensor, gateway or switch is allowed"],
    [78, [...least, "--config", "/no/such/file"], "ENOENT"],
    [78, [...least, "--token", "my-secret"], "9 characters that are not a token"],
  ])("ends with %i on %j", (exit, argv, words) => {
    const parsed = parse(argv);
    expect(parsed).toMatchObject({ exit, problem: expect.stringContaining(words) });
    expect(JSON.stringify(parsed)).not.toContain("my-secret");
  });

  it("repeats no password of a URL", () => {
    const parsed = parse(["--controller", "https://me:hidden@controller.example", ...least.slice(2)]);
    expect(parsed).toMatchObject({ exit: 78 });
    expect(JSON.stringify(parsed)).not.toContain("hidden");
  });
});

it("a log line is one line, whatever is in it", () => {
  const lines: string[] = [];
  const log = createLog(fakeTime(Date.UTC(2026, 5, 1)), (line) => lines.push(line));
  log.warn("first\r\n2026-06-01 forged\u001b[2J");
  log.error("x".repeat(10_000));
  expect(lines[0]).toBe("2026-06-01T00:00:00.000Z warn  first  2026-06-01 forged [2J\n");
  expect(lines[1]).toHaveLength(2031 + 1);
});
