import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Controller, createCleanup, password, startController, temporary } from "../system/harness.ts";
import { launch, open } from "./browser.ts";
import { fillEstate, scrollThrough } from "./estate.ts";

const many = 10_000;

describe("ten thousand devices", () => {
  const cleanup = createCleanup();
  let browser: Browser;
  let controller: Controller;
  let page: Page;

  beforeAll(async () => {
    const dataDir = temporary(cleanup, "many");
    await fillEstate(dataDir, many);
    controller = await startController(cleanup, {}, dataDir);
    browser = await launch();
    cleanup.add(() => browser.close());
    // As on a tall wall: fewer screens to scroll, however slow the machine draws them.
    ({ page } = await open(browser, controller.url, { viewport: { width: 1440, height: 2_400 } }));
    await page.goto(`${controller.url}/devices`);
    await page.getByLabel("User name").fill("admin");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("10,000 devices").waitFor();
    await page.locator(".row").first().waitFor();
  });
  afterAll(() => cleanup.run());

  it("are scrolled end to end: every row is met, and only what can be seen is in the page", async () => {
    const seen = (await page.evaluate(scrollThrough)) as { long: number[]; met: number; inPage: number };
    expect(seen.met).toBe(many);
    // How long tasks took is for `npm run bench`: here other work may share the processor.
    expect(seen.inPage).toBeLessThan(100);
  });

  it("are searched as one types", async () => {
    await page.evaluate("scrollTo(0, 0)");
    await page.getByLabel("Search by name, site or kind").fill("point 9999");
    await page.getByText("1 device", { exact: false }).first().waitFor();
    await page.locator(".row", { hasText: "Demo access point 9999" }).waitFor();
    expect(await page.locator(".row").count()).toBe(1);
    expect(page.url()).toContain("q=point+9999");
  });
});
