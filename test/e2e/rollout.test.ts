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
import { launch, open, sizes, type Watched } from "./browser.ts";
import { picture } from "./picture.ts";

const many = 9;

describe("a person who changes many devices", () => {
  const cleanup = createCleanup();
  let browser: Browser;
  let controller: Controller;
  let here: Watched;

  beforeAll(async () => {
    controller = await startController(cleanup);
    const wish = { name: "Grays riverside (demo)", location: { lat: 51.4744, lon: 0.3251 } };
    const site = (await controller.api<{ id: string }>("POST", "/sites", wish)).body.id;
    const token = await enrolmentToken(controller, { site, uses: many });
    const [folder, devices] = [temporary(cleanup, "waves"), crowd("access-point", many, "waves")];
    const { url } = controller;
    await Promise.all(
      devices.map((device) => startRoadside(cleanup, { url, token, device, folder, intervalMs: 60_000 })),
    );
    await until(
      async () => (await controller.api<{ items: object[] }>("GET", "/devices?state=online")).body.items.length,
      (online) => online === many,
      60_000,
    );
    browser = await launch();
    cleanup.add(() => browser.close());
    here = await open(browser, controller.url);
    const { page } = here;
    await page.goto(`${controller.url}/rollouts`);
    await page.getByLabel("User name").fill("admin");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Nothing has gone out in waves yet.").waitFor();
    here.complaints.splice(0);
    await expectAccessible(page);
  });
  afterAll(() => cleanup.run());

  it("sees the waves before it begins, watches the canary, and stops it with one button", async () => {
    const { page } = here;
    await page.getByRole("link", { name: "Choose what to change" }).click();
    await page.getByLabel("Measures every (seconds)").fill("45");
    await page.getByText(`${many} devices change.`).waitFor();
    await page.getByText(/^Canary: 1 device at 1 site \(/).waitFor();
    await page.getByLabel("Why (kept in the history)").fill("Calmer at night");
    await expectAccessible(page);
    await picture(page, "rollout-before");
    await page.getByRole("button", { name: `Start with ${many} devices in waves` }).click();
    await page.getByRole("heading", { name: "Calmer at night" }).waitFor();
    await page
      .getByText(/^Canary, 1 of 3: 1 of 9 devices took it\. The canary wave took it; watched for another \d+ min\.$/)
      .waitFor();
    await expectAccessible(page);
    await picture(page, "rollout-canary");
    await page.getByRole("button", { name: "Pause: push to nobody new" }).press("Enter");
    await page.getByText(/^Paused in canary: 1 of 9 devices took it\./).waitFor();
    await page.getByRole("button", { name: "Go on" }).press("Enter");
    await page.getByText("under way").first().waitFor();
    await page.getByRole("button", { name: "Stop", exact: true }).press("Enter");
    await page.getByRole("button", { name: "Stop, and change 1 device back" }).press("Enter");
    await page.getByText(/^Stopped\. What had changed was changed back\./).waitFor();
    await page.getByText("took it, went back").waitFor();
    await expectAccessible(page);
  });

  it("sees that it stops by itself, on the phone, and why", async () => {
    const { page } = here;
    const { body } = await controller.api<{ id: string }>("POST", "/rollouts", {
      ...{ title: "Another address", select: { all: true }, patch: { agent: { controller: "ws://127.0.0.1:1/mqtt" } } },
      ...{ trialMs: 10_000, settings: { waves: [{ devices: 1 }, { percent: 100 }], abort: { failures: 1 } } },
    });
    await page.setViewportSize(sizes.phone);
    await page.goto(`${controller.url}/rollouts/${body.id}`);
    await page
      .getByText(/^Stopped by itself in canary: 0 of 9 devices took it\. 1 device failed; it stops at 1\./)
      .waitFor();
    await page.getByText(/failed: it could not reach ws:\/\/127\.0\.0\.1:1\/mqtt within 10 s.*, went back/).waitFor();
    await expectAccessible(page);
    await picture(page, "rollout-halted");
    await page.setViewportSize(sizes.phone);
    await page.getByRole("link", { name: "All rollouts" }).click();
    await page.getByText("Stopped by itself in canary").waitFor();
    await expectAccessible(page);
    await picture(page, "rollouts");
    expect(here.complaints).toEqual([]);
  });
});
