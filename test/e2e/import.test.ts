import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Controller, createCleanup, password, startController } from "../system/harness.ts";
import { expectAccessible } from "./accessible.ts";
import { launch, open, type Watched } from "./browser.ts";

describe("a team brings its list", () => {
  const cleanup = createCleanup();
  let browser: Browser;
  let controller: Controller;
  let here: Watched;

  beforeAll(async () => {
    controller = await startController(cleanup);
    browser = await launch();
    cleanup.add(() => browser.close());
    here = await open(browser, controller.url);
    const { page } = here;
    await page.goto(`${controller.url}/import`);
    await page.getByLabel("User name").fill("admin");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Import sites and devices" }).waitFor();
    here.complaints.splice(0);
  });
  afterAll(() => cleanup.run());

  it("sees what it would do, mends it where it stands, and imports it", async () => {
    const { page } = here;
    await expectAccessible(page);
    await page
      .getByLabel("CSV", { exact: true })
      .fill("name;lat;lon\nDemo library;51.4779;0.3236\nDemo quay;north;0.35\n");
    await page.getByRole("button", { name: "Show what it would do" }).click();
    await page.getByText("1 new site, 0 changed, 0 as they are already. 1 row to mend first.").waitFor();
    expect(await page.getByRole("button", { name: "Mend the rows first" }).isDisabled()).toBe(true);
    await expectAccessible(page);
    await page.getByLabel("latitude, line 3").fill("51.46");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Import: adds 2" }).click();
    await page.getByText("Done: sites: 2 added, 0 changed.").waitFor();
    expect((await controller.api<{ items: unknown[] }>("GET", "/sites")).body.items).toHaveLength(2);
    await expectAccessible(page);
  });

  it("brings devices from a file, and takes them back whole", async () => {
    const { page } = here;
    await page.getByLabel("or a file").setInputFiles({
      name: "devices.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("name,kind,site\nGround floor,AP,demo library\nNoise,sensor,Demo quay\n"),
    });
    await page.getByRole("button", { name: "Show what it would do" }).click();
    await page.getByRole("button", { name: "Import: adds 2" }).click();
    await page.getByText("Done: devices: 2 added").waitFor();
    const devices = async () => (await controller.api<{ items: unknown[] }>("GET", "/devices")).body.items.length;
    expect(await devices()).toBe(2);
    await page.getByRole("button", { name: "Undo all of it" }).click();
    await page.getByText("Done:").waitFor({ state: "detached" });
    expect(await devices()).toBe(0);
  });

  it("takes out what it brought in", async () => {
    const { page } = here;
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "sites as CSV" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("sites.csv");
    expect(readFileSync(await download.path(), "utf8")).toMatch(/Demo library,51.4779,0.3236/);
    expect(here.complaints).toEqual([]);
    expect(here.outside).toEqual([]);
  });
});
