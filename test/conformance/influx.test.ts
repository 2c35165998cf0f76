import { readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogue as measurements } from "#wire";
import { systemClock } from "../../controller/base/clock.ts";
import {
  createInfluxSeries,
  hourOf,
  type InfluxNeeds,
  type SeriesStore,
  StoreAway,
} from "../../controller/store/series/index.ts";
import { type InfluxServer, startInflux } from "../servers/influx.ts";
import { catalogue, createPending, dayMs, listen, retention, until } from "./backends.ts";
import { load1, noon, oks, system } from "./series-points.ts";

let server: InfluxServer;
const stores: SeriesStore[] = [];
beforeAll(async () => {
  server = await startInflux();
});
afterAll(async () => {
  for (const store of stores) await store.stop();
  await server?.stop();
});

function storeOn(url: string, more: Partial<InfluxNeeds> = {}): SeriesStore {
  const { log } = listen();
  const store = createInfluxSeries({ url, clock: systemClock, log, retention, catalogue, ...more });
  stores.push(store);
  return store;
}

async function ql(statement: string, url = server.url, authorization = ""): Promise<string> {
  const headers = authorization ? { authorization: `Basic ${btoa(authorization)}` } : undefined;
  const query = new URLSearchParams({ q: statement });
  const response = await fetch(`${url}/query?${query}`, { method: "POST", ...(headers ? { headers } : {}) });
  return response.text();
}

/** In front of InfluxDB; counts what is written. */
async function countingProxy(target: string) {
  const proxy = createServer((asked, answer) => {
    if (asked.url?.startsWith("/write")) counted.writes += 1;
    const onward = request(`${target}${asked.url}`, { method: asked.method, headers: asked.headers }, (found) => {
      answer.writeHead(found.statusCode ?? 500, found.headers);
      found.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const counted = {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    writes: 0,
    stop: async () => {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
  return counted;
}

/** Somebody else writes to our database. */
async function foreign(line: string): Promise<void> {
  const url = `${server.url}/write?db=lamplighter&rp=raw&precision=ms`;
  expect((await fetch(url, { method: "POST", body: line })).status).toBe(204);
}

describe("the schema", () => {
  it("is made at the start, and mended when the retention is set anew", async () => {
    const store = storeOn(server.url);
    await store.start();
    const policies = await ql("SHOW RETENTION POLICIES ON lamplighter");
    expect(JSON.parse(policies).results[0].series[0].values).toContainEqual(["raw", "336h0m0s", "24h0m0s", 1, false]);
    await storeOn(server.url, { retention: { ...retention, rawMs: 3 * dayMs } }).start();
    expect(await ql("SHOW RETENTION POLICIES ON lamplighter")).toContain("72h0m0s");
    await storeOn(server.url).start();
    expect(await ql("SHOW RETENTION POLICIES ON lamplighter")).toContain("336h0m0s");
  });

  it("keeps raw points longer while they are not rolled up, whatever somebody set, and says so", async () => {
    const pending = createPending();
    const oldest = Math.floor(Date.now() / dayMs - 20) * dayMs;
    pending.oldestAt = async () => oldest;
    const policies = () => ql("SHOW RETENTION POLICIES ON lamplighter");
    await storeOn(server.url, { pending }).start();
    expect(await policies()).toMatch(/"raw","(528|552)h0m0s"/);
    await ql('ALTER RETENTION POLICY "raw" ON "lamplighter" DURATION 2d');
    await ql('ALTER RETENTION POLICY "hourly" ON "lamplighter" DURATION 2d');
    pending.oldestAt = async () => null;
    await storeOn(server.url, { pending }).start();
    expect(await policies()).toContain('"raw","336h0m0s"');
    expect(await policies()).not.toContain('"48h0m0s"');
  });

  it("is made again when somebody drops the database", async () => {
    const store = storeOn(server.url);
    await store.start();
    await ql("DROP DATABASE lamplighter");
    await expect(store.write([system("a", noon, { load1: 1 })])).rejects.toThrow(StoreAway);
    expect(store.state()).toMatchObject({ ready: false });
    await until(() => store.state().ready, "ready again");
    expect(await store.write([system("a", noon, { load1: 1 })])).toEqual(oks(1));
  });

  it("is left alone where somebody else manages it", async () => {
    await ql("DROP DATABASE lamplighter");
    const store = storeOn(server.url, { manageSchema: false });
    await store.start();
    expect(store.state()).toMatchObject({ ready: false, why: expect.stringContaining("lamplighter") });
    await ql('CREATE DATABASE lamplighter WITH DURATION 30d NAME "raw"');
    await until(() => store.state().ready, "found it");
    expect(await ql("SHOW RETENTION POLICIES ON lamplighter")).toContain("720h0m0s");
  });
});

describe("points that only InfluxDB refuses", () => {
  it("are found among their neighbours: another type in the shard", async () => {
    const store = storeOn(server.url);
    await store.start();
    await foreign(`system,device=foreign load15="text" ${noon}`);
    const at = (i: number) => noon + i * 1_000;
    const points = Array.from({ length: 300 }, (_, i) =>
      system("mixed", at(i), i % 3 === 0 ? { load1: i, load15: i } : { load1: i }),
    );
    const outcomes = await store.write(points);
    outcomes.forEach((outcome, i) => {
      const refused = { ok: false, why: expect.stringContaining('input field "load15" on measurement "system"') };
      expect(outcome).toEqual(i % 3 === 0 ? refused : { ok: true });
    });
    expect(await store.count("mixed", 0, noon + dayMs)).toBe(200);
  });

  it("are found among their neighbours: beyond its own retention", async () => {
    const store = storeOn(server.url);
    await store.start();
    await ql('ALTER RETENTION POLICY "raw" ON "lamplighter" DURATION 2d');
    const now = Date.now();
    const ages = [0, 1, 3, 5, 1, 9].map((days) => now - days * dayMs - 1_000);
    const outcomes = await store.write(ages.map((at) => system("aged", at, { load1: 1 })));
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, true, false, false, true, false]);
    expect(outcomes[2]).toEqual({ ok: false, why: "points beyond retention policy" });
  });
});

describe("poison among 5,000 points", () => {
  it("takes no neighbour with it, and few requests to find", async () => {
    const counted = await countingProxy(server.url);
    try {
      const store = storeOn(counted.url);
      await store.start();
      await foreign(`system,device=foreign load5="text" ${noon}`);
      const points = Array.from({ length: 5_000 }, (_, i) => {
        const poison = [17, 2_500, 4_999].includes(i);
        return system("poisoned", noon + i * 1_000, poison ? { load1: i, load5: i } : { load1: i });
      });
      counted.writes = 0;
      const outcomes = await store.write(points);
      expect(outcomes.flatMap(({ ok }, i) => (ok ? [] : [i]))).toEqual([17, 2_500, 4_999]);
      expect(await store.count("poisoned", 0, noon + dayMs)).toBe(4_997);
      expect(counted.writes).toBeLessThanOrEqual(8);
      await ql('ALTER RETENTION POLICY "raw" ON "lamplighter" DURATION 4d');
      const now = Date.now();
      const aged = Array.from({ length: 5_000 }, (_, i) =>
        system("old", now - i * 1_000 - (i % 1_700 === 5 ? 5 * dayMs : 0), { load1: 1 }),
      );
      counted.writes = 0;
      const late = await store.write(aged);
      expect(late.flatMap(({ ok }, i) => (ok ? [] : [i]))).toEqual([5, 1_705, 3_405]);
      expect(counted.writes).toBeLessThanOrEqual(40);
    } finally {
      await counted.stop();
      await storeOn(server.url).start();
    }
  });
});

describe("an InfluxDB that is away", () => {
  it("doesn't stop the start, and is found when it comes", async () => {
    await server.kill();
    const store = storeOn(server.url);
    await store.start();
    expect(store.state()).toMatchObject({ ready: false, why: expect.stringContaining("ECONNREFUSED") });
    await expect(store.query(load1("a"))).rejects.toThrow(StoreAway);
    await expect(store.latest(Date.now(), dayMs)).rejects.toThrow(StoreAway);
    await server.restart();
    await until(() => store.state().ready, "ready");
    expect(await store.write([system("a", noon, { load1: 1 })])).toEqual(oks(1));
  });

  it("is noticed while nothing is asked of it", async () => {
    const hasty = { ...systemClock, every: (ms: number, run: () => void) => systemClock.every(ms / 500, run) };
    const store = storeOn(server.url, { clock: hasty });
    await store.start();
    await server.kill();
    await until(() => !store.state().ready, "noticed");
    await server.restart();
    await until(() => store.state().ready, "ready");
  });

  it("is noticed when it hangs, and used when it goes on", async () => {
    const store = storeOn(server.url, { requestTimeoutMs: 300 });
    await store.start();
    server.pause();
    try {
      await expect(store.query(load1("a"))).rejects.toThrow(/no answer in 300 ms/);
      await expect(store.write([system("a", noon + 1, { load1: 1 })])).rejects.toThrow(StoreAway);
      expect(store.state()).toMatchObject({ ready: false, why: expect.stringContaining("no answer") });
    } finally {
      server.resume();
    }
    await until(() => store.state().ready, "ready");
    expect(await store.write([system("a", noon + 1, { load1: 1 })])).toEqual(oks(1));
  });

  it("keeps what it took when it is killed", async () => {
    const store = storeOn(server.url);
    await store.start();
    const stored: number[] = [];
    const writing = (async () => {
      for (let i = 0; ; i++) {
        const at = noon + 100_000 + i;
        const written = await store.write([system("killed", at, { load1: i })]).catch(() => null);
        if (!written) return;
        stored.push(i);
      }
    })();
    await until(() => stored.length > 20, "some are stored");
    await server.kill();
    await writing;
    await server.restart();
    await until(() => store.state().ready, "ready");
    const { series } = await store.query(load1("killed"));
    const found = new Set(series[0]?.points.map(([, value]) => value));
    expect(stored.filter((i) => !found.has(i))).toEqual([]);
  });
});

describe("an InfluxDB with a lock on its door", () => {
  it("refuses a stranger at the start, and lets us in", async () => {
    const locked = await startInflux({ auth: true });
    try {
      await ql(`CREATE USER keeper WITH PASSWORD 'made-up' WITH ALL PRIVILEGES`, locked.url);
      await expect(storeOn(locked.url).start()).rejects.toThrow(/refuses our credentials/);
      const wrong = storeOn(locked.url, { credentials: { username: "keeper", password: "guessed" } });
      await expect(wrong.start()).rejects.toThrow(/^(?!.*guessed).*refuses our credentials/);
      const store = storeOn(locked.url, { credentials: { username: "keeper", password: "made-up" } });
      await store.start();
      expect(await store.write([system("a", noon, { load1: 1 })])).toEqual(oks(1));
      expect((await store.query(load1("a"))).series).toHaveLength(1);
      await ql(`SET PASSWORD FOR keeper = 'changed'`, locked.url, "keeper:made-up");
      await expect(store.write([system("a", noon, { load1: 1 })])).rejects.toThrow(StoreAway);
      await until(() => JSON.stringify(store.state()).includes("credentials"), "says why");
      await store.stop();
    } finally {
      await locked.stop();
    }
  });
});

describe("docs/influx.md", () => {
  it("has a query for every measurement and level, and each of them answers", async () => {
    const store = storeOn(server.url, { pending: createPending() });
    await store.start();
    const at = Date.now() - 90_000;
    const times = [at - 7_200_000, at, at + 60_000];
    const points = Object.entries(measurements).flatMap(([m, { tags, fields }]) =>
      times.map((time) => ({
        device: "ap-docs",
        m,
        at: time,
        tags: Object.fromEntries(Object.keys(tags).map((tag) => [tag, "demo"])),
        fields: Object.fromEntries(
          Object.entries(fields).map(([field, { type }]) => [field, type === "text" ? "a" : 1]),
        ),
      })),
    );
    expect(await store.write(points)).toEqual(oks(points.length));
    for (const time of times) await store.rollUp([{ device: "ap-docs", hourAt: hourOf(time) }]);
    const queries = [...readFileSync("docs/influx.md", "utf8").matchAll(/```sql\n(.*)\n```/g)].map(
      ([, one]) => one ?? "",
    );
    expect(queries).toHaveLength(3 + Object.keys(measurements).length);
    for (const query of queries) {
      const url = `${server.url}/query?${new URLSearchParams({ db: "lamplighter", q: query })}`;
      const text = await (await fetch(url)).text();
      expect(text, query).not.toContain("error");
      expect(text, query).toContain("ap-docs");
    }
  });
});
