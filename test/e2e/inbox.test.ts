import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type AgentProgram,
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
import { launch, open, sizes, type Watched } from "./browser.ts";
import { picture } from "./picture.ts";

const quick = {
  LAMPLIGHTER_PRESENCE_RECONNECT_GRACE_MS: "500",
  LAMPLIGHTER_PRESENCE_SUSPECT_MS: "500",
  LAMPLIGHTER_ALERT_HOLD_MS: "500",
  LAMPLIGHTER_ALERT_GROUP_WAIT_MS: "500",
  LAMPLIGHTER_OUTBOUND_ALLOW: "127.0.0.0/8",
};

describe("a duty officer", () => {
  const cleanup = createCleanup();
  let browser: Browser;
  let controller: Controller;
  let agent: AgentProgram;
  let here: Watched;
  let device = "";
  let site = "";

  beforeAll(async () => {
    controller = await startController(cleanup, quick);
    const { api } = controller;
    const place = { name: "Market Square (demo)", location: { lat: 51.48, lon: 0.32 }, timeZone: "Europe/London" };
    site = (await api<{ id: string }>("POST", "/sites", place)).body.id;
    await api("POST", "/users", { name: "sam", role: "operator" });
    // Nobody listens there: it could not be told.
    const settings = { url: "http://127.0.0.1:9/duty", secret: "a secret of sixteen letters" };
    const channel = await api<{ id: string }>("POST", "/channels", { kind: "webhook", name: "Duty hook", settings });
    const step = { channels: [channel.body.id] };
    await api("PUT", "/escalation", {
      steps: [
        { ...step, afterMs: 0 },
        { ...step, afterMs: 900_000 },
      ],
    });
    agent = startAgent(cleanup, { url: controller.url, token: await enrolmentToken(controller, { site }) });
    ({ id: device } = await onlyDevice(controller));
    await api("PATCH", `/devices/${device}`, { name: "Clock tower (demo)" });
    browser = await launch();
    cleanup.add(() => browser.close());
    here = await open(browser, controller.url);
    const { page } = here;
    await page.goto(`${controller.url}/incidents`);
    await page.getByLabel("User name").fill("admin");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("No incident is open. 1 device is watched.").waitFor();
    here.complaints.splice(0);
  });
  afterAll(() => cleanup.run());

  it("sees what opens without asking, and takes it by keyboard for four hours", async () => {
    const { page } = here;
    await agent.end("SIGKILL");
    await page.getByText("1 incident is open: 1 not taken.").waitFor();
    await page.getByText("Nobody has taken it yet.").waitFor();
    await page.getByText("Next in 14 min: Duty hook (step 2 of 2).").waitFor();
    await expectAccessible(page);
    await picture(page, "inbox");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    expect(new URL(page.url()).searchParams.get("at")).toMatch(/^incident_/);
    await page.keyboard.press("a");
    await page.getByRole("dialog", { name: "Take it for how long?" }).waitFor();
    await expectAccessible(page);
    await picture(page, "inbox-take");
    await page.keyboard.press("Enter");
    await page.getByText(/^You have it until /).waitFor();
    await page.getByText(/^Yours until /).waitFor();
    expect(await page.evaluate("document.activeElement?.id")).toMatch(/^incident-incident_/);
  });

  it("gives it back, and to somebody else, with a note; all without leaving the list", async () => {
    const { page } = here;
    await page.getByRole("button", { name: "Give back" }).click();
    await page.getByText("Given back: nobody has it now.").waitFor();
    await page.getByRole("button", { name: "Assign" }).click();
    await page.getByRole("combobox", { name: "Person" }).selectOption({ label: "sam" });
    await page.getByRole("button", { name: "Give it to them" }).click();
    await page.getByText("It is sam's, but not taken yet.").waitFor();
    await page.keyboard.press("n");
    await page.getByRole("textbox", { name: "Note" }).fill("Called the market office");
    await page.getByRole("textbox", { name: "Reference" }).fill("DEMO-4711");
    await page.keyboard.press("Enter");
    await page.getByText("Reference DEMO-4711").waitFor();
    expect(new URL(page.url()).pathname).toBe("/incidents");
  });

  it("silences it, sees before what that quiets, and takes it back", async () => {
    const { page } = here;
    await page.keyboard.press("s");
    const sheet = page.getByRole("dialog", { name: "Silence" });
    await sheet.getByText("Quiets 1 device, and 1 open incident.").waitFor();
    await sheet.getByRole("combobox", { name: "What" }).selectOption({ label: "All of Market Square (demo)" });
    await sheet.getByText("Quiets 1 device, and 1 open incident.").waitFor();
    await expectAccessible(page);
    await picture(page, "inbox-silence");
    await sheet.getByLabel("own", { exact: true }).check();
    await sheet.getByLabel(/^Until/).fill("2020-01-01T00:00");
    await sheet.getByRole("textbox", { name: "Why" }).fill("works on the mast");
    await sheet.getByRole("button", { name: /^Silence until/ }).click();
    await sheet.getByText("It has to end in the future").waitFor();
    await sheet.getByLabel("1 hour").check();
    await sheet.getByRole("button", { name: /^Silence until/ }).click();
    await page.getByText(/^Quiet until [\d:, a-zA-Z]+ \(silence by admin: works on the mast\)\.$/).waitFor();
    await page.getByRole("combobox", { name: "Quiet" }).selectOption("no");
    await page.getByText("None of the 1 open incident fits these filters.").waitFor();
    await page.getByRole("button", { name: "Show all" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Undone.").waitFor();
    // As if it had never been: nothing has to settle.
    await page.getByText(/^Quiet until/).waitFor({ state: "hidden" });
  });

  it("reads on its page what happened, in order, whom to call, and who could not be told", async () => {
    const { page } = here;
    await page.getByRole("combobox", { name: "Order" }).selectOption("site");
    await page.getByRole("heading", { name: "Market Square (demo)" }).waitFor();
    await page.getByRole("link", { name: /^Clock tower/ }).click();
    const history = page.getByRole("region", { name: "What happened" });
    for (const text of [
      /^Opened/,
      /^Taken by admin, until/,
      "Given back by admin.",
      "Given to sam, by admin.",
      "Note by admin: Called the market office; reference: DEMO-4711",
      /^Quiet: silence by admin until .*: works on the mast\.$/,
    ])
      await history.getByText(text).waitFor();
    await page.getByText("Nobody is written down for Market Square (demo).").waitFor();
    await page
      .getByText(/could not be told$/)
      .first()
      .waitFor();
    await page.getByText("Why was somebody told, or not?").click();
    await page
      .getByRole("region", { name: "Its times" })
      .getByText(/^The incident was opened at/)
      .waitFor();
    await expectAccessible(page);
    await picture(page, "incident");
  });

  it("writes down whom to call, where the line ends and what the device is behind", async () => {
    const { page } = here;
    await controller.api("POST", "/devices", { name: "Switch 3 (demo)", kind: "switch", site });
    await page.getByRole("link", { name: "Write it down" }).click();
    await page.getByText("Change its name, its hours, its line and whom to call").click();
    await page.getByRole("combobox", { name: "Line" }).selectOption("fibre");
    await page.getByLabel(/^Address of its end/).fill("no such host!");
    await page.getByLabel("Phone").fill("+44 1632 960123");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/What you typed is still here\.$/).waitFor();
    await page.getByLabel(/^Address of its end/).fill("10.1.2.1");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("fibre, asked at 10.1.2.1.").waitFor();
    await expectAccessible(page);
    await page.getByRole("link", { name: /Clock tower/ }).click();
    await page.getByText("Rename or move, its address").click();
    await page.getByLabel(/^Address/).fill("10.1.2.3:443");
    await page.getByRole("combobox", { name: "A device" }).selectOption({ label: "Switch 3 (demo)" });
    await expectAccessible(page);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Behind Switch 3 (demo).").waitFor();
    await picture(page, "device-behind");
    const is = await controller.api<{ address: string; parents: string[][] }>("GET", `/devices/${device}`);
    expect(is.body).toMatchObject({ address: "10.1.2.3:443", parents: [[expect.stringMatching(/^switch-/)]] });
    const now = Date.now();
    const when = { startAt: now, endAt: now + 3_600_000 };
    const wish = { scope: { devices: [device] }, when, why: "new switch" };
    expect(await controller.api("POST", "/maintenance-windows", wish)).toMatchObject({ status: 201 });
    await page.getByText(/In maintenance until .*: new switch\. Nobody is told while it lasts/).waitFor();
  });

  it("finds it below the open ones when it is over", async () => {
    const { page } = here;
    startAgent(cleanup, { url: controller.url, dataDir: agent.dataDir });
    await onlyOpen(controller, 0);
    await page.goto(`${controller.url}/incidents`);
    await page.getByRole("heading", { name: "Over" }).waitFor();
    await page.getByRole("link", { name: /is back since/ }).waitFor();
    await page.setViewportSize(sizes.phone);
    await expectAccessible(page);
    const wide = await page.evaluate("document.documentElement.scrollWidth");
    expect(wide).toBeLessThanOrEqual(sizes.phone.width);
    expect(here.outside).toEqual([]);
    expect(here.complaints.filter((text) => !/400/.test(text))).toEqual([]);
  });
});

const onlyOpen = (controller: Controller, many: number) =>
  until(
    async () => (await controller.api<{ items: unknown[] }>("GET", "/incidents?state=open")).body.items,
    (items) => items.length === many,
    20_000,
  );
