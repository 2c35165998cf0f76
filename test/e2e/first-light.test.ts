import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enrol, makeKeys } from "../system/device.ts";
import {
  type AgentProgram,
  type Controller,
  createCleanup,
  enrolmentToken,
  password,
  startAgent,
  startController,
} from "../system/harness.ts";
import { until } from "../system/until.ts";
import { expectAccessible } from "./accessible.ts";
import { launch, open, type Watched } from "./browser.ts";
import { picture } from "./picture.ts";

describe("a person at the screen", () => {
  const cleanup = createCleanup();
  let browser: Browser;
  let controller: Controller;
  let here: Watched;
  let agent: AgentProgram;

  beforeAll(async () => {
    controller = await startController(cleanup, {
      LAMPLIGHTER_PRESENCE_RECONNECT_GRACE_MS: "1500",
      LAMPLIGHTER_PRESENCE_SUSPECT_MS: "1500",
    });
    browser = await launch();
    cleanup.add(() => browser.close());
    here = await open(browser, controller.url);
  });
  afterAll(() => cleanup.run());

  it("is told who may not sign in, and signs in", async () => {
    const { page } = here;
    await page.goto(`${controller.url}/devices`);
    await page.getByLabel("User name").fill("admin");
    await page.getByLabel("Password").fill("not this one");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toMatch(/wrong/);
    await expectAccessible(page);
    await picture(page, "sign-in");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Devices" }).waitFor();
    // The refused sign-in is the only thing that the browser has to complain of.
    here.complaints.splice(0);
  });

  it("sees what to do first on an empty street", async () => {
    const { page } = here;
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByText("No devices yet.").waitFor();
    await expectAccessible(page);
    await picture(page, "overview-empty");
  });

  it("adds a device with a new site, runs the line, and sees it turn green", async () => {
    const { page } = here;
    await page.getByRole("link", { name: "Add a device" }).first().click();
    await page.getByLabel("Where does it stand?").selectOption("new");
    await page.getByLabel("Name").fill("Grays demo square");
    await page.getByLabel("Latitude").fill("51.4779");
    await page.getByLabel("Longitude").fill("0.3236");
    await expectAccessible(page);
    await picture(page, "add-device");
    await page.getByRole("button", { name: "Show the line to run on it" }).click();
    const line = (await page.locator("pre").textContent()) ?? "";
    const token = /--token (\S+)/.exec(line)?.[1] ?? "";
    expect(line).toContain(`--controller ${controller.url}`);
    await page.getByText("Waiting for it to call").waitFor();
    await expectAccessible(page);
    agent = startAgent(cleanup, { url: controller.url, token });
    await page.getByText("is here and measuring.").waitFor({ timeout: 20_000 });
    await picture(page, "add-device-here");
    const fetched = await fetch(`${controller.url}/agent.cjs`);
    expect(fetched.status).toBe(200);
  });

  it("watches its charts move", async () => {
    const { page } = here;
    await page.locator(".arrival a").click();
    await page.getByText(/^Nothing missing since/).waitFor();
    await page.getByRole("heading", { name: "What people here get" }).waitFor();
    const processor = page.locator("figure.chart", { hasText: "Processor" });
    await processor.locator("canvas").waitFor();
    const value = () => processor.locator("figcaption").textContent();
    const before = await value();
    await until(value, (now) => now !== before, 30_000);
    await processor.getByRole("button", { name: "As table" }).click();
    await processor.getByRole("table").waitFor();
    await expectAccessible(page);
    await picture(page, "device");
    await page.getByRole("button", { name: "6 hours" }).click();
    expect(page.url()).toContain("range=6h");
  });

  it("sees every measurement in a chart", async () => {
    const { page } = here;
    for (const title of ["Processor", "Memory", "Load", "Received", "Sent", "Probes: time to answer"]) {
      await page.locator("figure.chart", { hasText: title }).first().waitFor();
    }
  });

  it("sees it go offline when its process is killed, in words and in the title", async () => {
    const { page } = here;
    await agent.end("SIGKILL");
    await page.getByText(/^Silent: checking/).waitFor({ timeout: 15_000 });
    await page.getByText(/^Offline/).waitFor({ timeout: 15_000 });
    await until(
      () => page.title(),
      (title) => title.includes("■ 1 offline"),
    );
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByRole("heading", { name: /1 of 1 device is offline/ }).waitFor();
    await expectAccessible(page);
    await picture(page, "overview-offline");
  });

  it("decides on known hardware that comes with other keys", async () => {
    const { page } = here;
    const serial = "DEMO-0001";
    const first = await enrol(controller, { token: await enrolmentToken(controller), serial, keys: makeKeys() });
    expect(first.status).toBe(201);
    const reset = makeKeys();
    const token = await enrolmentToken(controller);
    await page.goto(`${controller.url}/add`);
    await page.getByRole("heading", { name: "Add a device" }).waitFor();
    expect((await enrol(controller, { token, serial, keys: reset })).status).toBe(202);
    await page.getByRole("heading", { name: "Waiting for a decision" }).waitFor();
    await expectAccessible(page);
    await picture(page, "approval");
    await page.getByRole("button", { name: "Let it take over" }).click();
    await page.getByRole("heading", { name: "Waiting for a decision" }).waitFor({ state: "detached" });
    const again = await enrol(controller, { token, serial, keys: reset });
    expect([again.status, again.body.device]).toEqual([201, first.body.device]);
  });

  it("has dark and light, both readable", async () => {
    const { page } = here;
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const path of ["/", "/devices", "/add"]) {
        await page.goto(`${controller.url}${path}`);
        await page.getByRole("heading").first().waitFor();
        await page.getByText("Looking…").waitFor({ state: "detached" });
        await expectAccessible(page);
      }
      await picture(page, `add-${colorScheme}`);
      await page.goto(controller.url);
      await page.getByRole("heading", { name: /offline/ }).waitFor();
      await picture(page, `overview-${colorScheme}`);
    }
  });

  it("finds its way by keyboard alone", async () => {
    const { page } = here;
    await page.goto(`${controller.url}/devices`);
    await page.locator(".row").first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("nothing like this");
    await page.getByText("None of the 2 devices fits").waitFor();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Escape");
    await page.locator(".row").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByText(/^Offline/).waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement !== document.body")).toBe(true);
  });

  it("is shown the door when its session was ended elsewhere", async () => {
    const { page } = here;
    const other = await open(browser, controller.url);
    const link = await controller.api<{ id: string }>("POST", "/users", { name: "jo", role: "viewer", password });
    expect(link.status).toBe(201);
    await other.page.goto(controller.url);
    await other.page.getByLabel("User name").fill("jo");
    await other.page.getByLabel("Password").fill(password);
    await other.page.getByRole("button", { name: "Sign in" }).click();
    await other.page.getByRole("heading", { name: /offline/ }).waitFor();
    await other.page.getByRole("link", { name: /Add/ }).click();
    await other.page.getByText("You may look, but not add devices").waitFor();
    await controller.api("DELETE", `/users/${link.body.id}`);
    await other.page.getByLabel("User name").waitFor({ timeout: 45_000 });
    await other.context.close();
    await page.bringToFront();
  });

  it("is told when the page is no longer live", async () => {
    const { page } = here;
    await controller.end("SIGKILL");
    await page.getByText(/Not live since/).waitFor({ timeout: 15_000 });
    await picture(page, "not-live");
    here.complaints.splice(0);
  });

  it("never asked anybody else for anything, and nothing complained", () => {
    expect(here.outside).toEqual([]);
    expect(here.complaints).toEqual([]);
  });
});
