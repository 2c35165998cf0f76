import { readdirSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { allOnline, answers, devicesOf, nothingMissing, processesOn, startDemo } from "./demos.ts";
import { createCleanup, temporary } from "./harness.ts";
import { until } from "./until.ts";

const cleanup = createCleanup();
afterAll(() => cleanup.run());

/** The first start is ended in the middle of its past, the one in the middle as by a power cut. */
const signals = ["SIGINT", "SIGTERM", "SIGINT", "SIGTERM", "SIGKILL"] as const;
const starts = 10;

/** Every file of the folder, devices all under one name. */
const filesIn = (folder: string): Set<string> =>
  new Set(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        `${entry.parentPath.slice(folder.length + 1)}/${entry.name}`.replace(/devices\/[^/]+/, "devices/*"),
      ),
  );

it("ten starts and stops leave nothing behind, lose nothing and tell nobody anything", async () => {
  const dataDir = temporary(cleanup, "again");
  const known = new Set<string>();
  for (let n = 1; n < starts; n++) {
    const demo = await startDemo(cleanup, dataDir);
    for (const { id } of await devicesOf(demo)) known.add(id);
    const signal = signals[n % signals.length] ?? "SIGINT";
    expect(await demo.end(signal)).toBe(signal === "SIGKILL" ? null : 0);
    expect(processesOn(dataDir)).toEqual([]);
    expect(await answers(Number(new URL(demo.url).port))).toBe(false);
    if (signal === "SIGKILL") continue;
    const left = [...filesIn(dataDir)];
    expect(left.filter((name) => /\.lock|\.new$|\.turn|\.bad$|run\.json|demo-token|-wal$|-shm$/.test(name))).toEqual(
      [],
    );
  }
  const last = await startDemo(cleanup, dataDir);
  const all = await allOnline(last);
  expect(new Set([...known, ...all.map(({ id }) => id)]).size).toBe(40);
  const { quarantined, dropped } = await nothingMissing(last, all, 40_000);
  expect([quarantined, dropped]).toEqual([0, 0]);
  const { body } = await last.api<{ messages: unknown[] }>("GET", "/demo");
  expect(body.messages).toEqual([]);
  expect(await last.end("SIGINT")).toBe(0);
  // Batches of the last seconds, perhaps, and nothing else that was not there from the first start on. The name of the
  // empty file says of which boot nothing is in memory only.
  const files = [...filesIn(dataDir)]
    .filter((name) => !/^devices\/\*\/spool\/\d+\.seg$/.test(name))
    .map((name) => name.replace(/unflushed-[a-z2-7]{20}-0$/, "unflushed-*-0"));
  expect([...new Set(files)].sort()).toEqual(
    [
      ...["at-rest.key", "content.pem", "online.pem", "push.pem", "tls.pem"].map((key) => `controller/keys/${key}`),
      ...["lock.db", "records.db", "series.db"].map((file) => `controller/${file}`),
      ...["identity.json", "spool/boot", "spool/journal", "spool/unflushed-*-0"].map((file) => `devices/*/${file}`),
      "/street.json",
    ].sort(),
  );
}, 240_000);

it("writes down who broke what", async () => {
  const demo = await startDemo(cleanup, temporary(cleanup, "breaker"));
  const wish = { what: "jam-radio", device: "ap-02" };
  // Away until the street is built.
  const broke = await until(
    () => demo.api("POST", "/demo/break", wish),
    ({ status }) => status !== 503,
  );
  expect(broke.status).toBe(200);
  await demo.api("POST", "/demo/break", { what: "put-right" });
  const { body } = await demo.api<{ items: { action: string }[] }>("GET", "/audit?limit=20");
  const [mended, broken] = body.items.filter(({ action }) => action.startsWith("demo."));
  expect(broken).toMatchObject({ action: "demo.broken", actor: { kind: "user" }, after: wish });
  expect(mended).toMatchObject({ action: "demo.mended", subject: { kind: "demo", id: "put-right" } });
  expect(await demo.end("SIGTERM")).toBe(0);
});
