import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Controller, createCleanup, password, startController } from "../system/harness.ts";
import { expectAccessible } from "./accessible.ts";
import { launch, open, sizes, type Watched } from "./browser.ts";

describe("a person who plans", () => {
  const cleanup = createCleanup();
  let browser: Browser;
  let controller: Controller;
  let here: Watched;

  beforeAll(async () => {
    controller = await startController(cleanup);
    const site = await controller.api<{ id: string }>("POST", "/sites", {
      name: "Market Square (demo)",
      location: { lat: 51.4779, lon: 0.3236 },
    });
    for (const name of ["Square north (demo)", "Square south (demo)"])
      await controller.api("POST", "/devices", { name, kind: "access-point", site: site.body.id });
    browser = await launch();
    cleanup.add(() => browser.close());
    here = await open(browser, controller.url);
    const { page } = here;
    await page.goto(`${controller.url}/planned`);
    await page.getByLabel("User name").fill("admin");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Nothing is planned, and nothing is held back.").waitFor();
    here.complaints.splice(0);
  });
  afterAll(() => cleanup.run());

  it("plans a night of every month by keyboard, sees what it means before saving, and takes it back", async () => {
    const { page } = here;
    await expectAccessible(page);
    await page.getByRole("link", { name: "Plan maintenance" }).press("Enter");
    await page.getByLabel("Add by name").focus();
    await page.keyboard.type("market");
    await page.keyboard.press("Enter");
    await page.getByText("2 devices are meant, with what is behind.").waitFor();
    await page.getByRole("button", { name: "Again and again" }).press("Enter");
    await page.getByRole("combobox", { name: "How often" }).selectOption("weekday");
    await page.getByRole("combobox", { name: "Which of the month" }).selectOption("2");
    await page.getByRole("combobox", { name: "Weekday" }).selectOption("tue");
    const times = page.locator("ol.times li");
    await times.nth(4).waitFor();
    for (const text of await times.allTextContents()) expect(text).toMatch(/Tuesday|Today|Tomorrow/);
    await expectAccessible(page);
    await page.getByLabel("Why (whoever is not told will ask)").fill("Firmware night");
    await page.getByRole("button", { name: "Plan it", exact: true }).click();
    await page.getByText("Planned.", { exact: true }).waitFor();
    await page.getByText(/^The second Tuesday of every month at 02:00, for 2 h/).waitFor();
    await expectAccessible(page);
    await page.getByRole("link", { name: "Change Firmware night" }).press("Enter");
    await page.getByRole("combobox", { name: "Which of the month" }).selectOption("-1");
    await page.getByRole("button", { name: "Save the change" }).click();
    await page.getByText(/^The last Tuesday of every month/).waitFor();
    await page.getByRole("button", { name: "Remove Firmware night" }).press("Enter");
    await page.getByRole("button", { name: "Remove it Firmware night" }).press("Enter");
    await page.getByText("Nothing is planned, and nothing is held back.").waitFor();
  });

  it("silences something on the phone, prolongs it and ends it", async () => {
    const { page } = here;
    await page.setViewportSize(sizes.phone);
    await page.goto(`${controller.url}/planned?new=silence&kind=access-point`);
    await page.getByText("2 devices are meant, with what is behind.").waitFor();
    await expectAccessible(page);
    await page.getByLabel("Why (whoever is not told will ask)").fill("Power cut");
    await page.getByRole("button", { name: "Silence it", exact: true }).click();
    await page.getByText("1 thing held back now").waitFor();
    await page.getByText(/\(1 h\)/).waitFor();
    await page.getByRole("button", { name: "4 h longer" }).click();
    await page.getByText(/\(5 h\)/).waitFor();
    await page.getByRole("button", { name: "End Power cut" }).click();
    await page.getByRole("button", { name: "End it now" }).click();
    await page.getByText("Over", { exact: true }).click();
    await page.getByText(/^ended /).waitFor();
    await expectAccessible(page);
    await page.setViewportSize(sizes.desk);
  });

  it("reads the availability of a month, and is told where nothing is known", async () => {
    const { page } = here;
    await page.goto(`${controller.url}/availability?month=2026-01`);
    await page.getByText(/^No data: /).waitFor();
    await page.getByRole("button", { name: "December 2025" }).press("Enter");
    await page.getByRole("heading", { name: "Availability in December 2025" }).waitFor();
    expect(page.url()).toContain("month=2025-12");
    await page.goto(`${controller.url}/availability`);
    await page.getByRole("heading", { name: "By site" }).waitFor();
    await expectAccessible(page);
    const csv = await page.getByRole("link", { name: "Download as CSV" }).getAttribute("href");
    expect((await controller.api("GET", (csv ?? "").replace("/api/v1", ""))).status).toBe(200);
    await page.getByRole("link", { name: "Market Square (demo)" }).press("Enter");
    await page.getByRole("table", { name: "Devices, the worst first" }).getByText("Square north (demo)").waitFor();
    await page.setViewportSize(sizes.phone);
    await expectAccessible(page);
    await page.setViewportSize(sizes.desk);
  });

  it("makes a rule, sees what is wrong in its place and what it would have done, changes it and takes it back", async () => {
    const { page } = here;
    await page.goto(`${controller.url}/rules`);
    await page.getByRole("heading", { name: "P1, critical" }).waitFor();
    await expectAccessible(page);
    await page.getByRole("link", { name: "Make a rule" }).press("Enter");
    await page.getByLabel("In a few words, as people will read it").fill("The lift is hot");
    expect(await page.getByLabel("Its id").inputValue()).toBe("the_lift_is_hot");
    await page.getByLabel("Limit").fill("60");
    await page.getByText("2 devices in its scope", { exact: false }).waitFor();
    await page.getByLabel("Good again below").fill("70");
    await page.getByText("raise and clear overlap: it would be both").waitFor();
    await page.getByLabel("Good again below").fill("50");
    await page.getByText("Bad when “processor busy", { exact: false }).waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Try it on the last 30 days" }).press("Enter");
    await page.getByText("Would not have fired in 30 days.").waitFor();
    await page.getByRole("button", { name: /^20 min/ }).press("Enter");
    await page.getByText("The rule was changed since").waitFor();
    expect(await page.getByLabel("For at least: number", { exact: true }).inputValue()).toBe("20");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Make the rule" }).click();
    await page.getByRole("link", { name: /The lift is hot.*made here/ }).press("Enter");
    await page.setViewportSize(sizes.phone);
    await expectAccessible(page);
    await page.setViewportSize(sizes.desk);
    await page.getByRole("button", { name: "Remove the rule" }).press("Enter");
    await page.getByRole("heading", { name: "Rules", exact: true }).waitFor();
    await page.getByText("The lift is hot").waitFor({ state: "detached" });
    // The browser notes every answer that says no.
    expect(here.complaints.splice(0).every((text) => text.includes("400"))).toBe(true);
  });

  it("says who is asked next, and sees whose week it is", async () => {
    const { page } = here;
    await page.goto(`${controller.url}/escalation`);
    await page.getByText("There is no channel yet.").waitFor();
    await expectAccessible(page);
    const url = "https://demo.invalid/hook";
    const made = await controller.api("POST", "/channels", { kind: "webhook", name: "Duty (demo)", settings: { url } });
    expect(made.status).toBe(201);
    await page.reload();
    await page.getByRole("button", { name: "Begin with a first step" }).press("Enter");
    await page.getByLabel("People take turns, a week each").check();
    await page.getByLabel("Who", { exact: true }).fill("Ann");
    await page.getByText(/^Now: Ann until /).waitFor();
    await page.getByRole("group", { name: "Week 1" }).getByLabel("Duty (demo)").check();
    await page.getByRole("button", { name: "Save who is asked next" }).press("Enter");
    await page.getByRole("group", { name: "At once" }).getByText("somebody: channels, or the rota").waitFor();
    await page.getByRole("group", { name: "At once" }).getByLabel("Duty (demo)").check();
    await page.getByRole("button", { name: "Save who is asked next" }).press("Enter");
    await page.getByText("1 step, as long as nobody takes it. It is the week of Ann.").waitFor();
    await expectAccessible(page);
    await page.setViewportSize(sizes.phone);
    await expectAccessible(page);
    here.complaints.splice(0);
  });

  it("was never sent elsewhere, and nothing complained", () => {
    expect(here.outside).toEqual([]);
    expect(here.complaints).toEqual([]);
  });
});
