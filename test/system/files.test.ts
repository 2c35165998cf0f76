import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type AgentProgram,
  type Controller,
  createCleanup,
  enrolmentToken,
  onlyDevice,
  run,
  startAgent,
  startController,
  temporary,
} from "./harness.ts";
import { until } from "./until.ts";

interface Standing {
  revision: number;
  status: string;
  cause: string | null;
  problems: { path: string; message: string }[];
  files: { path: string; text: string }[];
  drift: { path: string }[];
}

/** In order: each goes on from where the one before left the device. */
describe("files of a real device", () => {
  const cleanup = createCleanup();
  let [controller, agent, id] = [{} as Controller, {} as AgentProgram, ""];
  let [folder, file, reloads, settings] = ["", "", "", {}];
  beforeAll(async () => {
    controller = await startController(cleanup);
    folder = temporary(cleanup, "files");
    [file, reloads] = [join(folder, "radio.conf"), join(temporary(cleanup, "reloads"), "log")];
    const under = `${folder}/`;
    settings = {
      files: {
        folders: [under],
        check: [
          {
            under,
            run: ["sh", "-c", 'grep -q "^channel=[0-9]*$" "$1" || { echo "no channel" >&2; exit 1; }', "check", "{}"],
          },
        ],
        reload: [{ under, run: ["sh", "-c", `cat ${file} >> ${reloads}`] }],
      },
    };
    agent = startAgent(cleanup, { url: controller.url, token: await enrolmentToken(controller), settings });
    id = (await onlyDevice(controller)).id;
    expect((await controller.api("PATCH", `/devices/${id}`, { profile: "linux" })).status).toBe(200);
  });
  afterAll(() => cleanup.run());

  const put = (contents: string, more: object = {}) =>
    controller.api<Standing>("PUT", `/devices/${id}/config`, {
      document: { files: [{ path: file, mode: "0640", contents }], ...more },
      trialMs: 10_000,
    });
  const standing = (met: (standing: Standing) => boolean): Promise<Standing> =>
    until(async () => (await controller.api<Standing>("GET", `/devices/${id}/config`)).body, met, 40_000);
  const onDevice = (): string => readFileSync(file, "utf8");

  it("are put in place, made to count, and confirmed", async () => {
    const { revision } = (await put("channel=1\n")).body;
    const done = await standing((s) => s.status === "applied" && s.revision === revision);
    expect(done.files).toEqual([{ path: file, mode: 0o640, text: "channel=1\n" }]);
    expect(onDevice()).toBe("channel=1\n");
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readFileSync(reloads, "utf8")).toBe("channel=1\n");
    expect(existsSync(join(agent.dataDir, "snapshot.json"))).toBe(false);
  });

  it("are printed by `config render --device`", async () => {
    const wish = { name: "demo", role: "viewer" };
    const token = (await controller.api<{ secret: string }>("POST", "/tokens", wish)).body.secret;
    const render = async (...words: string[]) => {
      const asked = run(cleanup, "lamplighter.js", ["config", "render", ...words, "--url", controller.url], {});
      await once(asked.child, "close");
      return { code: asked.child.exitCode, output: asked.output() };
    };
    const printed = await render("--device", id, "--token", token);
    expect(printed).toEqual({ code: 0, output: `# ${file} (0640)\nchannel=1\n` });
    expect(await render("--device", "none-such", "--token", token)).toMatchObject({ code: 2 });
    expect((await render("--device", id)).output).toContain("--device with --token, is needed");
  });

  it("that the device's own check refuses are not touched", async () => {
    await put("chanel=6\n");
    const refused = await standing((s) => s.status === "rejected");
    expect(refused).toMatchObject({ problems: [{ path: file, message: "sh: no channel" }] });
    await put("channel=6\n", { general: { hostname: "library" } });
    const outside = await standing((s) => s.status === "rejected" && s.problems[0]?.path !== file);
    expect(outside.problems).toEqual([{ path: "files[0].path", message: `allowed are files below ${folder}/` }]);
    expect(onDevice()).toBe("channel=1\n");
    expect(readFileSync(reloads, "utf8")).toBe("channel=1\n");
  });

  it("are back when they came with what cuts the device off", async () => {
    await put("channel=11\n", { agent: { controller: "ws://127.0.0.1:1/mqtt" } });
    await until(onDevice, (text) => text === "channel=11\n");
    expect(await standing((s) => s.status === "reverted")).toMatchObject({ cause: "unconfirmed" });
    expect(onDevice()).toBe("channel=1\n");
    expect(readFileSync(reloads, "utf8")).toBe("channel=1\nchannel=11\nchannel=1\n");
  });

  it("that somebody changed are seen, and put right by wanting the same once more", async () => {
    const { revision } = (await put("channel=6\n")).body;
    await standing((s) => s.status === "applied" && s.revision === revision);
    await agent.end();
    writeFileSync(file, "channel=13\n");
    agent = startAgent(cleanup, { url: controller.url, dataDir: agent.dataDir, settings });
    expect(await standing((s) => s.drift.length > 0)).toMatchObject({ status: "applied", drift: [{ path: file }] });
    type Events = { items: { kind: string; detail: object }[] };
    const { items } = await until(
      async () => (await controller.api<Events>("GET", `/devices/${id}/events`)).body,
      (found) => found.items.some(({ kind }) => kind === "config-drift"),
    );
    expect(items).toContainEqual(expect.objectContaining({ kind: "config-drift", detail: { files: [file] } }));
    const again = (await put("channel=6\n")).body;
    expect(again.revision).toBeGreaterThan(revision);
    await standing((s) => s.status === "applied" && s.revision === again.revision && s.drift.length === 0);
    expect(onDevice()).toBe("channel=6\n");
  });
});
