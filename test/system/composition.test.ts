import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Controller, createCleanup, run, startAgain, startController, temporary } from "./harness.ts";

describe("templates, groups and variables", () => {
  const cleanup = createCleanup();
  let controller: Controller;
  let token = "";
  let device = "";
  beforeAll(async () => {
    controller = await startController(cleanup);
    token = (await controller.api<{ secret: string }>("POST", "/tokens", { name: "demo", role: "operator" })).body
      .secret;
    const made = await controller.api<{ id: string }>("POST", "/devices", { name: "Lamp", kind: "access-point" });
    device = made.body.id;
  });
  afterAll(() => cleanup.run());

  const config = async (...words: string[]) => {
    const more = ["--url", controller.url, "--token", token];
    const asked = run(cleanup, "lamplighter.js", ["config", ...words, ...more], {});
    await once(asked.child, "close");
    return { code: asked.child.exitCode, output: asked.output() };
  };
  const composed = async () =>
    (await controller.api<{ composed: object }>("GET", `/devices/${device}/config`)).body.composed;

  it("go out to a folder and come back; a diff says what that changes, and a restart keeps it", async () => {
    const folder = temporary(cleanup, "templates");
    await controller.api("PUT", "/config/organisation", {
      variables: { every: { type: "number", value: 30_000 }, key: { type: "secret", value: "hunter2-hunter2" } },
    });
    await controller.api("PUT", "/templates/base", {
      ...{ name: "Base", document: { agent: { intervalMs: "{{ every }}", controller: "wss://{{ key }}/mqtt" } } },
    });
    expect(await composed()).toEqual({ agent: { intervalMs: 30_000, controller: { secret: true, set: true } } });
    expect(await config("export", folder)).toMatchObject({ code: 0, output: expect.stringContaining("2 files") });
    const organisation = join(folder, "organisation.yaml");
    const text = readFileSync(organisation, "utf8");
    expect(text).not.toContain("hunter2");
    expect(await config("diff", folder, "--prune")).toMatchObject({ code: 0 });

    writeFileSync(organisation, text.replace("30000", "20000"));
    const diff = await config("diff", folder);
    expect(diff.code, diff.output).toBe(3);
    expect(diff.output).toContain("1 of 1 devices change.");
    expect(diff.output).toContain("agent.intervalMs: 30000 → 20000  (template Base, every of organisation)");
    expect(await composed()).toMatchObject({ agent: { intervalMs: 30_000 } });
    expect((await config("import", folder, "--message", "calmer")).output).toContain("1 devices get another document");
    expect(await composed()).toMatchObject({ agent: { intervalMs: 20_000, controller: { secret: true, set: true } } });

    writeFileSync(organisation, text.replace("30000", "20"));
    const refused = await config("import", folder);
    expect(refused.code).toBe(2);
    expect(refused.output).toContain("agent.intervalMs: at least 1000");
    const drafts = await controller.api<{ items: unknown[] }>("GET", "/config/drafts");
    expect(drafts.body.items).toEqual([]);

    await controller.end("SIGKILL");
    controller = await startAgain(cleanup, controller);
    expect(await config("diff", "back-to:2", "--json")).toMatchObject({ code: 3 });
    await controller.api("POST", "/config/changes/2/restore", {});
    expect(await composed()).toMatchObject({ agent: { intervalMs: 30_000 } });
    expect(await config("diff", join(folder, "none-such"))).toMatchObject({ code: 1 });
  });
});
