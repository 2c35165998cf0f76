import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Controller,
  createCleanup,
  enrolmentToken,
  onlyDevice,
  password,
  startAgent,
  startController,
} from "../system/harness.ts";
import { until } from "../system/until.ts";
import { expectAccessible } from "./accessible.ts";
import { launch, open, type Watched } from "./browser.ts";
import { picture } from "./picture.ts";

describe("a person who changes settings", () => {
  const cleanup = createCleanup();
  let browser: Browser;
  let controller: Controller;
  let here: Watched;
  let id = "";

  beforeAll(async () => {
    controller = await startController(cleanup);
    browser = await launch();
    cleanup.add(() => browser.close());
    here = await open(browser, controller.url);
    const { page } = here;
    await page.goto(`${controller.url}/configuration`);
    await page.getByLabel("User name").fill("admin");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("There is no device to configure yet.").waitFor();
    here.complaints.splice(0);
    await expectAccessible(page);
    startAgent(cleanup, { url: controller.url, token: await enrolmentToken(controller) });
    ({ id } = await onlyDevice(controller));
    // A second one that is not there yet.
    await controller.api("POST", "/devices", { name: "Library foyer (demo)", kind: "access-point" });
    await controller.api("PATCH", `/devices/${id}`, { name: "Market Square (demo)" });
  });
  afterAll(() => cleanup.run());

  it("sees the effect before sending, and every mistake by its name", async () => {
    const { page } = here;
    await page.getByText("2 devices chosen.").waitFor();
    await page.getByText("Nothing yet: change something above").waitFor();
    await page.getByLabel("Measures every (seconds)").fill("2");
    await page.getByText("2 devices change. No client is dropped.").waitFor();
    await page.getByText("1 device is not there now and gets it when back.").waitFor();
    await page.getByRole("combobox", { name: "Who is checked" }).selectOption("these");
    await page.getByRole("textbox", { name: "Ping" }).fill("no such host!");
    await page.getByText("This can't be sent yet.").waitFor();
    await page.getByText("a host name or an address").waitFor();
    await expectAccessible(page);
    await picture(page, "configuration-problem");
    await page.getByRole("group", { name: "Check 1" }).getByRole("combobox", { name: "Kind" }).selectOption("tcp");
    await page.getByRole("textbox", { name: "Connect to" }).fill("127.0.0.1");
    await page.getByRole("spinbutton", { name: "Port" }).fill(String(controller.ports.http));
    await page.getByText("What changes, setting by setting").click();
    await page.getByText(`connect to 127.0.0.1 port ${controller.ports.http}`).first().waitFor();
    await expectAccessible(page);
    await picture(page, "configuration-effect");
  });

  it("sends it, and watches it being applied", async () => {
    const { page } = here;
    await page.getByLabel("Why (kept in the history)").fill("closer look at the square");
    await page.getByRole("button", { name: "Send to 2 devices" }).click();
    await page.getByText("Sent to 2 devices.").waitFor();
    await page.getByText("1 applied, 1 waiting.").waitFor();
    await picture(page, "configuration-sent");
  });

  it("sees on the device what became of it, and goes back", async () => {
    const { page } = here;
    await page.goto(`${controller.url}/devices/${id}`);
    const section = page.getByRole("region", { name: "Configuration" });
    await section.getByText(/^Applied \d\d:\d\d\.$/).waitFor();
    await section.getByText("Change the settings").click();
    await page.getByText("1 device chosen.").waitFor();
    expect(await page.getByLabel("Measures every (seconds)").inputValue()).toBe("2");
    await page.getByText("Advanced: where it connects to").click();
    await page.getByLabel("Controller address").fill("ws://127.0.0.1:1/mqtt");
    await page.getByLabel("Goes back by itself after (seconds)").fill("10");
    await page.getByText("It talks to another address from then on.").waitFor();
    await page.getByRole("button", { name: "Send to 1 device" }).click();
    await page.getByText("1 trying").waitFor();
    await page.goto(`${controller.url}/devices/${id}`);
    await section.getByText(/goes back by itself in \d+ s/).waitFor();
    await expectAccessible(page);
    await picture(page, "device-trying");
    await section.getByText(/Went back to the settings from before.*could not reach ws:/).waitFor({ timeout: 30_000 });
    await section.getByText(/It is tried again in (9|10) min \(2 of 3\)/).waitFor();
    await section.getByText("History").click();
    await section.getByText("closer look at the square").waitFor();
    await expectAccessible(page);
    await picture(page, "device-went-back");
    await section.getByRole("button", { name: "Go back to these settings" }).click();
    await until(
      async () => (await controller.api<{ status: string }>("GET", `/devices/${id}/config`)).body.status,
      (status) => status === "applied",
    );
    await section.getByText(/^Applied \d\d:\d\d\.$/).waitFor();
  });

  it("was never sent elsewhere, and nothing complained", () => {
    expect(here.outside).toEqual([]);
    expect(here.complaints).toEqual([]);
  });
});
