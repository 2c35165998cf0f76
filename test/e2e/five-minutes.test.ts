import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCleanup, type Program, run, temporary } from "../system/harness.ts";
import { until } from "../system/until.ts";
import { expectAccessible } from "./accessible.ts";
import { launch, open, type Watched } from "./browser.ts";
import { picture } from "./picture.ts";

const minuteMs = 60_000;
const cut = "Lakeside bus station";
const misled = "Civic Square east";

/** A bare `npm start`, and what a network team does with it in its first minutes. */
describe("five minutes on the street", () => {
  const cleanup = createCleanup();
  let browser: Browser;
  let demo: Program;
  let here: Watched;
  let url = "";
  let dataDir = "";

  const card = (title: string) => here.page.locator(".fault", { hasText: title });
  const messages = () => here.page.locator(".bubble");
  const openDevice = async (name: string) => {
    await here.page.goto(`${url}/devices?q=${encodeURIComponent(name)}`);
    await here.page.locator(".row", { hasText: name }).first().click();
    await here.page.getByRole("heading", { name }).first().waitFor();
  };

  beforeAll(async () => {
    browser = await launch();
    cleanup.add(() => browser.close());
    dataDir = temporary(cleanup, "street");
    demo = run(cleanup, "lamplighter.js", ["demo", "--port", "0", "--data-dir", dataDir], {});
    const [link = "", origin = ""] = await until(
      () => /Open +((\S+)\/sign-in#\S+)/.exec(demo.output())?.slice(1) ?? [],
      (found) => found.length > 0,
    );
    url = origin;
    here = await open(browser, url);
    await here.page.goto(link);
    await here.page.getByText("Simulated street").waitFor();
  });
  afterAll(() => cleanup.run());

  it("opens on one sentence: all is well, and nobody is told anything", { timeout: 2 * minuteMs }, async () => {
    const { page } = here;
    await page
      .getByRole("heading", { name: /^(All )?40 (of 40 )?devices|^\d+ of 40 devices are online, none offline/ })
      .waitFor({
        timeout: minuteMs,
      });
    await until(
      () => demo.output().includes("Everything that they kept is delivered"),
      (done) => done,
      minuteMs,
    );
    await expectAccessible(page);
    await picture(page, "street-overview");
    await page.goto(`${url}/demo`);
    await page.getByText("Nothing is broken on purpose.").waitFor();
    await page.getByText("A street where all is well tells nobody anything.").waitFor();
    await expectAccessible(page);
  });

  it("a cut line is one message that says where, since when and what is fine", { timeout: 3 * minuteMs }, async () => {
    const { page } = here;
    await page.goto(`${url}/demo`);
    // The trial of the bad configuration takes its minute meanwhile.
    await card("Push a bad configuration").getByRole("combobox").selectOption({ label: misled });
    await card("Push a bad configuration").getByRole("button", { name: "Push it" }).click();
    await card("Push a bad configuration").getByRole("link", { name: "its page" }).waitFor();
    await card("Cut a site's uplink").getByRole("combobox").selectOption({ label: cut });
    await card("Cut a site's uplink").getByRole("button", { name: "Cut the uplink" }).click();
    await messages()
      .nth(1)
      .waitFor({ timeout: 2 * minuteMs });
    const texts = await messages().allTextContents();
    expect(texts.filter((text) => text.startsWith("Email"))).toHaveLength(1);
    expect(texts.filter((text) => text.startsWith("Webhook"))).toHaveLength(1);
    for (const text of texts) {
      expect(text).toContain(cut);
      expect(text).toMatch(/fine/);
    }
    await picture(page, "street-broken");
    await page.goto(`${url}/incidents`);
    await page.getByText(cut).filter({ visible: true }).first().waitFor();
    const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
    const open = await fetch(`${url}/api/v1/incidents?state=open`, { headers: { cookie } });
    expect(((await open.json()) as { items: unknown[] }).items).toHaveLength(1);
    await expectAccessible(page);
    await picture(page, "street-incidents");
  });

  it("mended, it is told once more and never again", { timeout: 3 * minuteMs }, async () => {
    const { page } = here;
    await page.goto(`${url}/demo`);
    await page.getByRole("button", { name: "Mend the uplink" }).click();
    await messages()
      .nth(3)
      .waitFor({ timeout: 2 * minuteMs });
    await page.getByRole("heading", { name: "Nothing is broken on purpose." }).waitFor();
    const texts = await messages().allTextContents();
    expect(texts).toHaveLength(4);
    expect(texts.filter((text) => text.includes(cut))).toHaveLength(4);
    await page.goto(url);
    await page.getByRole("heading", { name: /none offline|All 40 devices are online/ }).waitFor({ timeout: minuteMs });
  });

  it("what was measured meanwhile fills the gap, marked as such, and nothing is missing", async () => {
    const { page } = here;
    await openDevice("Bus station, stand A");
    await page.getByText(/Shaded: it could not deliver/).waitFor();
    await page.getByText(/^Nothing missing since/).waitFor();
    await page.locator(".uplot").first().waitFor();
    await expectAccessible(page);
    await picture(page, "street-device");
  });

  it("the bad configuration went back by itself and says why", { timeout: 2 * minuteMs }, async () => {
    const { page } = here;
    await openDevice(misled);
    await page
      .getByText(/went back/i)
      .first()
      .waitFor({ timeout: 90_000 });
    await page.getByText(/^Nothing missing since/).waitFor();
    await expectAccessible(page);
    await picture(page, "street-configuration");
  });

  it("the line of the README reads a series, and every page says that the street is simulated", async () => {
    const { page } = here;
    const line = /curl .*\n? *"http:\/\/127\.0\.0\.1:8080(\S+)"/.exec(readFileSync("README.md", "utf8"))?.[1] ?? "";
    const token = readFileSync(join(dataDir, "demo-token"), "utf8").trim();
    const answer = await fetch(`${url}${line}`, { headers: { authorization: `Bearer ${token}` } });
    const { series } = (await answer.json()) as { series: { points: unknown[] }[] };
    expect(series.length).toBeGreaterThan(1);
    // Six hours of past, an hour of it asked for, in buckets of 5 min.
    for (const { points } of series) expect(points.length).toBeGreaterThan(10);
    for (const path of ["/", "/devices", "/incidents", "/configuration", "/channels", "/import", "/add", "/demo"]) {
      await page.goto(`${url}${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.getByText("Simulated street: real agent code, nothing leaves this computer.").waitFor();
    }
  });

  it("a channel of another kind is added from its form, tested in the receiver's words, removed and brought back", async () => {
    const { page } = here;
    await page.goto(`${url}/channels`);
    const webhook = page.locator("article", { hasText: "Demo phone (webhook)" });
    const server = new URL((await webhook.locator(".channel-target").textContent()) ?? "").origin;
    await page.getByRole("button", { name: "Choose how" }).press("Enter");
    await expectAccessible(page);
    await page.getByRole("button", { name: /^ntfy/ }).press("Enter");
    await page.getByLabel("Name, such as Duty phone").fill("Phone on duty");
    await page.getByLabel("Topic").fill("duty");
    await page.getByLabel(/^Server/).fill(`${server}/ntfy`);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Add it" }).press("Enter");
    const card = page.locator("article", { hasText: "Phone on duty" });
    await card.getByRole("button", { name: /^Send a test/ }).click();
    await card.getByText(/It arrived\. The receiver said, after .*: 200 OK, message demo\d+/).waitFor();
    await card.getByRole("button", { name: /^Remove/ }).click();
    await page.getByRole("button", { name: "Bring it back" }).click();
    await card.getByText("Last told just now.").waitFor();
    await expectAccessible(page);
    await picture(page, "street-channels");
  });

  it("no other site was touched, and nothing left this computer", async () => {
    const { page } = here;
    await page.goto(`${url}/incidents?state=resolved`);
    const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
    const answer = await fetch(`${url}/api/v1/incidents`, { headers: { cookie } });
    const { items } = (await answer.json()) as { items: { root: { type: string }; sentence: string }[] };
    expect(items.map(({ root, sentence }) => [root.type, sentence.includes(cut)])).toEqual([["site", true]]);
    expect(here.outside).toEqual([]);
    expect(here.complaints).toEqual([]);
    expect(await demo.end("SIGINT")).toBe(0);
  });
});
