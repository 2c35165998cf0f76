import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crowd } from "../../controller/street/index.ts";
import {
  type Controller,
  createCleanup,
  enrolmentToken,
  password,
  startController,
  temporary,
} from "../system/harness.ts";
import { startRoadside } from "../system/roadside.ts";
import { until } from "../system/until.ts";
import { expectAccessible } from "./accessible.ts";
import { launch, open, type Watched } from "./browser.ts";
import { picture } from "./picture.ts";

describe("a person who writes templates", () => {
  const cleanup = createCleanup();
  let browser: Browser;
  let controller: Controller;
  let here: Watched;

  const editor = () => here.page.getByRole("textbox", { name: "What the template says, as YAML" });
  const type = async (text: string) => {
    await editor().click();
    await here.page.keyboard.press("Control+a");
    await here.page.keyboard.press("Delete");
    await here.page.keyboard.insertText(text);
  };
  const intervalOf = async (): Promise<unknown> => {
    const { items } = (await controller.api<{ items: { id: string }[] }>("GET", "/devices")).body;
    const { body } = await controller.api<{ composed: { agent?: { intervalMs?: number } }; status: string }>(
      "GET",
      `/devices/${items[0]?.id}/config`,
    );
    return body.status === "applied" ? body.composed.agent?.intervalMs : body.status;
  };

  beforeAll(async () => {
    controller = await startController(cleanup);
    const wish = { name: "Grays riverside (demo)", location: { lat: 51.4744, lon: 0.3251 } };
    const site = (await controller.api<{ id: string }>("POST", "/sites", wish)).body.id;
    const token = await enrolmentToken(controller, { site, uses: 1 });
    const [device] = crowd("access-point", 1, "written");
    if (!device) throw new Error("no device");
    const folder = temporary(cleanup, "written");
    await startRoadside(cleanup, { url: controller.url, token, device, folder, intervalMs: 60_000 });
    await until(
      async () => (await controller.api<{ items: object[] }>("GET", "/devices?state=online")).body.items.length,
      (online) => online === 1,
      60_000,
    );
    browser = await launch();
    cleanup.add(() => browser.close());
    here = await open(browser, controller.url);
    const { page } = here;
    await page.goto(`${controller.url}/templates`);
    await page.getByLabel("User name").fill("admin");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("There is no template yet.").waitFor();
    here.complaints.splice(0);
    await expectAccessible(page);
  });
  afterAll(() => cleanup.run());

  it("writes one, sees whom it changes, and the device follows", async () => {
    const { page } = here;
    await page.getByRole("link", { name: "Make a template" }).click();
    await page.getByLabel("Name").fill("Calm at night (demo)");
    await page.getByLabel("For whom").selectOption("required");
    await type("document:\n  agent:\n    intervalMs: 45000\n");
    await page.getByText(/^1 device changes\./).waitFor();
    await page.getByText("What changes, setting by setting").click();
    await page.getByText("by the template Calm at night (demo)").waitFor();
    await page.getByLabel("Why (kept in the history)").fill("Fewer measurements at night");
    await expectAccessible(page);
    await picture(page, "template-new");
    await page.getByRole("button", { name: "Make it and change 1 device", disabled: false }).press("Enter");
    await page.getByRole("heading", { name: "Calm at night (demo)" }).waitFor();
    await until(intervalOf, (found) => found === 45_000, 60_000);
  });

  it("is told what is wrong on which line, and loses nothing", async () => {
    const { page } = here;
    await type("document:\n  agent:\n    intervalMs: 45000\n  raidos: true\n");
    await page.getByRole("button", { name: "Line 4" }).waitFor();
    await page
      .getByText(/raidos/)
      .nth(1)
      .waitFor();
    await expectAccessible(page);
    await picture(page, "template-wrong");
    expect(await page.getByRole("button", { name: /^Save it/ }).isDisabled()).toBe(true);
    await type("document:\n  agent: [1,\n");
    await page.getByText("The text can't be read yet.").waitFor();
    expect(await editor().textContent()).toContain("agent: [1,");
  });

  it("is offered what may be written", async () => {
    const { page } = here;
    await type("document:\n  agent:\n    ");
    await page.keyboard.press("Control+Space");
    await page.getByRole("option", { name: /^intervalMs/ }).waitFor();
    await expectAccessible(page);
    await picture(page, "template-completion");
    await page.keyboard.press("Escape");
    await page.keyboard.insertText("interv");
    await page.keyboard.press("Control+Space");
    await page.getByRole("option", { name: /^intervalMs/ }).waitFor();
    await page.getByRole("option", { name: /^intervalMs/ }).click();
    expect(await editor().textContent()).toContain("intervalMs:");
    await type("document:\n  agent:\n    intervalMs: 30000\n");
    await page.getByText(/^1 device changes\./).waitFor();
    await page.getByRole("button", { name: "Save it and change 1 device", disabled: false }).press("Enter");
    await page.getByText("Saved. 1 device got new settings to try.").waitFor();
    await until(intervalOf, (found) => found === 30_000, 60_000);
  });

  it("finds on the device's page who says what", async () => {
    const { page } = here;
    await page.goto(`${controller.url}/devices`);
    await page.locator(".row-name").first().click();
    await page.getByText("Who says what").click();
    await page.getByText(/The later one holds: the template Calm at night \(demo\)/).waitFor();
    await expectAccessible(page);
    await picture(page, "device-layers");
    await page.getByRole("link", { name: "the template Calm at night (demo)" }).first().click();
    await page.getByRole("heading", { name: "Calm at night (demo)" }).waitFor();
  });

  it("takes an earlier text back, and goes back to how everything was", async () => {
    const { page } = here;
    await page.getByText("History", { exact: true }).click();
    await page.getByRole("button", { name: "Put what it said then into the form" }).press("Enter");
    await page.getByText(/^1 device changes\./).waitFor();
    expect(await editor().textContent()).toContain("intervalMs: 45000");
    await picture(page, "template-history");
    await page.getByRole("link", { name: "All templates" }).click();
    await page.getByText("Fewer measurements at night").waitFor();
    await page.getByRole("button", { name: "Go back to how everything was then…" }).press("Enter");
    await page.getByText(/^1 device changes\./).waitFor();
    await expectAccessible(page);
    await picture(page, "templates");
    await page.getByRole("button", { name: "Go back", exact: true }).press("Enter");
    await page.getByText(/^Gone back, as a new change\./).waitFor();
    await until(intervalOf, (found) => found === 45_000, 60_000);
    expect(here.complaints).toEqual([]);
    expect(here.outside).toEqual([]);
  });
});
