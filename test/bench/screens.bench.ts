import { launch, open } from "../e2e/browser.ts";
import { fillEstate, scrollThrough } from "../e2e/estate.ts";
import { createCleanup, password, startController, temporary } from "../system/harness.ts";

export interface ScreensResult {
  devices: number;
  /** Tasks of the page over 50 ms while the list was scrolled end to end, in milliseconds. */
  longTasksMs: number[];
  rowsMet: number;
  /** From the click on "Sign in" to the first row. */
  firstRowMs: number;
}

/** The list of devices of a large council, in Chromium without a graphics card. */
export async function screens(devices = 10_000): Promise<ScreensResult> {
  const cleanup = createCleanup();
  try {
    const dataDir = temporary(cleanup, "screens");
    await fillEstate(dataDir, devices);
    const controller = await startController(cleanup, {}, dataDir);
    const browser = await launch();
    cleanup.add(() => browser.close());
    const { page } = await open(browser, controller.url);
    await page.goto(`${controller.url}/devices`);
    await page.getByLabel("User name").fill("admin");
    await page.getByLabel("Password").fill(password);
    const began = performance.now();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator(".row").first().waitFor();
    const firstRowMs = Math.round(performance.now() - began);
    const seen = (await page.evaluate(scrollThrough)) as { long: number[]; met: number };
    return { devices, longTasksMs: seen.long, rowsMet: seen.met, firstRowMs };
  } finally {
    await cleanup.run();
  }
}
