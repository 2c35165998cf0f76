import { join } from "node:path";
import { systemClock } from "../../controller/base/clock.ts";
import { createLog } from "../../controller/base/log.ts";
import { openRecords } from "../../controller/store/records/index.ts";

/** A council's whole estate in the records, as the registry would have written it. */
export async function fillEstate(dataDir: string, many: number): Promise<void> {
  const records = await openRecords({
    file: join(dataDir, "records.db"),
    log: createLog({ level: "silent" }),
    clock: systemClock,
  });
  const { db, organisation } = records;
  const now = systemClock.now();
  await db.transaction().execute(async (trx) => {
    for (let first = 0; first < many; first += 500) {
      const rows = Array.from({ length: 500 }, (_, i) => ({
        id: `ap-${String(first + i).padStart(6, "0")}`,
        organisation,
        name: `Demo access point ${first + i}`,
        kind: i % 3 ? "access-point" : "sensor",
        site: null,
        via: null,
        profile: null,
        tags_json: "[]",
        lat: null,
        lon: null,
        model: null,
        serial: null,
        sign_key: null,
        seal_key: null,
        version: 1,
        created_at: now,
        updated_at: now,
      }));
      await trx.insertInto("device").values(rows).execute();
    }
  });
  await records.close();
}

/** Runs in the page: down to the end, a screen at a time. */
export const scrollThrough = `(async () => {
  const long = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) long.push(Math.round(entry.duration));
  }).observe({ type: "longtask" });
  const met = new Set();
  const note = () => {
    for (const row of document.querySelectorAll(".row-name")) met.add(row.textContent);
  };
  const frame = () => new Promise((next) => requestAnimationFrame(next));
  note();
  while (scrollY + innerHeight < document.documentElement.scrollHeight - 1) {
    scrollBy(0, innerHeight * 1.2);
    await frame();
    await frame();
    note();
  }
  return { long, met: met.size, inPage: document.querySelectorAll(".row").length };
})()`;
