import type { BootDelivery, Delivery } from "../../../controller/ingest/index.ts";
import { until } from "../until.ts";
import { balances, deliveryOf, eventsOf } from "../witness.ts";
import type { Device, Life } from "./device.ts";
import type { World } from "./world.ts";

/** The flush period of the harness's agent. */
const flushMs = 200;
/** What a busy machine adds between a reading, its batch, and its flush. */
const busyMs = 1_000;

/** A write to the store that is tried again, and the last word of a boot, may still be on their way. */
const settleMs = 20_000;

/** What is wrong with the books of a device, when it stays wrong; empty when every reading is stored once or listed. */
export async function judge(world: World, index: number): Promise<string[]> {
  const seen: string[][] = [];
  const look = async () => {
    seen.push(await problemsOf(world, index));
    return seen.at(-1)?.length === 0;
  };
  await until(look, Boolean, settleMs).catch(() => {});
  return seen.at(-1) ?? ["nobody could look"];
}

export async function problemsOf(world: World, index: number): Promise<string[]> {
  const device = world.devices[index] as Device;
  const id = world.ids[index] as string;
  const told = await deliveryOf(world.controller(), id);
  const stored = await storedReadings(world.influx.url, id);
  const problems: string[] = [];
  const current = told.boots.find(({ boot }) => boot === device.lives.at(-1)?.boot);
  if (!current?.current || told.onDevice > 0 || current.missing > 0)
    problems.push(`it has nothing left, but the ledger says: ${JSON.stringify(current)}`);
  if (!balances(told)) problems.push(`the ledger does not balance: ${JSON.stringify(told)}`);
  problems.push(...twice(stored));
  const events = await eventsOf(world.controller(), id);
  // How wrong its clock is, is a point as well.
  const skews = (await storedValues(world.influx.url, id, "agent", "clock_skew_ms")).length;
  const kept = stored.length + events.length + skews;
  // A controller that is killed between store and ledger knows less than there is, never more.
  if (kept < told.stored || (kept > told.stored && !world.controllerWasKilled())) {
    const there = `${stored.length} readings, ${events.length} events, ${skews} skews`;
    problems.push(`stored says ${told.stored}; there are ${there}`);
  }
  const there = new Set(stored);
  for (const life of device.lives) {
    const own = events.filter(({ boot }) => boot === life.boot).length;
    problems.push(...unlisted(life, there, told, { events: own, skews: life.clockWrong ? skews : 0 }));
  }
  const known = new Set(device.lives.flatMap(({ readings }) => [...readings.keys()]));
  const foreign = stored.filter((reading) => !known.has(reading));
  if (foreign.length > 0) problems.push(`never taken, but stored: ${foreign.slice(0, 10)}`);
  return problems;
}

function twice(stored: readonly number[]): string[] {
  const seen = new Set<number>();
  const repeated = stored.filter((reading) => seen.has(reading) || !seen.add(reading));
  return repeated.length > 0 ? [`stored twice: ${repeated.slice(0, 10)}`] : [];
}

/** What is not right about the readings of a life that are not stored. */
function unlisted(
  life: Life,
  stored: ReadonlySet<number>,
  told: Delivery,
  { events, skews }: { events: number; skews: number },
): string[] {
  const lost = [...life.readings].filter(([reading]) => !stored.has(reading));
  const boot = told.boots.find((b) => b.boot === life.boot);
  const unknown = Math.max(0, life.readings.size - lost.length - ((boot?.stored ?? 0) - events));
  // Lost behind the last word that the controller has of this boot.
  const beyond = life.readings.size - unknown - ((boot?.made ?? 0) - events);
  const tail = lost.filter(([reading, at]) => isTail(life, boot, reading, at)).length;
  const listed = boot ? boot.dropped + boot.quarantined + boot.missing : 0;
  const problems: string[] = [];
  if (beyond > tail) problems.push(`${beyond} readings that nobody knows of, only ${tail} may be`);
  // Nobody knows in which of its lives a skew was told.
  if (lost.length > listed + Math.max(0, beyond + skews))
    problems.push(`${lost.length} not stored, ${listed} listed, ${beyond} beyond`);
  if (boot) problems.push(...unfounded(life, boot, tail));
  const ended = life.endedAt ?? Date.now();
  const which = lost.slice(0, 5).map(([reading, at]) => `${reading} (${ended - at} ms before the end)`);
  return problems.map((problem) => `boot ${life.boot}: ${problem}: ${which}; ledger: ${JSON.stringify(boot)}`);
}

/** What the ledger lists without anything having happened that explains it. Two events may be lost beside the readings. */
function unfounded(life: Life, boot: BootDelivery, tail: number): string[] {
  const { torn, tornBeside, clockWrong, fullSince, wasFull } = life;
  const { missing, quarantined, dropped, gaps } = boot;
  const power = gaps.filter(({ why }) => why === "power").reduce((sum, { points }) => sum + (points ?? 0), 0);
  const other = missing - power;
  return [
    ...(power > 0 && power > tail + 2 ? [`${power} lost with the power, only ${tail} can be`] : []),
    ...(other > torn.size + tornBeside ? [`${other} missing, ${torn.size} and ${tornBeside} torn off`] : []),
    ...((boot.tailLost?.atMostMs ?? 0) > flushMs && !wasFull ? ["a long tail, though the disk had room"] : []),
    ...(quarantined > 0 && !clockWrong ? [`${quarantined} quarantined, the clock was right`] : []),
    ...(dropped > 0 && fullSince === undefined ? [`${dropped} dropped, the disk had room`] : []),
  ];
}

/** It was in memory only, or torn off by the harness; and the end was told as unclean, with how long before it that may
 *  have been, or the boot never came so far that anybody heard of it. */
function isTail(
  { endedAt, clean, fullSince, torn }: Life,
  boot: BootDelivery | undefined,
  reading: number,
  at: number,
): boolean {
  if (endedAt === undefined || clean) return false;
  if (boot && boot.tailLost === undefined) return false;
  const unheardMs = Math.max(0, endedAt - (fullSince ?? endedAt)) + flushMs;
  return torn.has(reading) || at >= endedAt - (boot?.tailLost?.atMostMs ?? unheardMs) - busyMs;
}

/** Spoils the store itself: one reading of the first device's last life a second time, another taken away. */
export async function spoil({ influx, ids: [id = ""], devices }: World): Promise<void> {
  const life = devices[0]?.lives.at(-1);
  const [again, gone] = (await storedReadings(influx.url, id)).filter((reading) => life?.readings.has(reading));
  const line = `environment,device=${id},sensor=spoilt illuminance_lux=${again} ${Date.now()}`;
  const target = new URLSearchParams({ db: "lamplighter", rp: "raw", precision: "ms" });
  const written = await fetch(`${influx.url}/write?${target}`, { method: "POST", body: line });
  if (!written.ok) throw new Error(`${written.status} ${await written.text()}`);
  const q = `SELECT first("illuminance_lux") FROM "raw"."environment" WHERE "device" = '${id}' AND "illuminance_lux" = ${gone} GROUP BY "sensor"`;
  const found = await ask(influx.url, q);
  const [at] = found[0]?.values[0] ?? [];
  const sensor = found[0]?.tags?.["sensor"];
  await ask(influx.url, `DELETE FROM "environment" WHERE "sensor" = '${sensor}' AND time = ${at}ms`);
}

async function ask(url: string, q: string): Promise<Row[]> {
  const words = new URLSearchParams({ db: "lamplighter", q, epoch: "ms" });
  const response = await fetch(`${url}/query?${words}`, { method: "POST" });
  const { results } = (await response.json()) as { results: { series?: Row[]; error?: string }[] };
  if (results[0]?.error) throw new Error(results[0].error);
  return results[0]?.series ?? [];
}

interface Row {
  tags?: Record<string, string>;
  values: [number, number][];
}

/** Every reading of a device. */
const storedReadings = (url: string, device: string): Promise<number[]> =>
  storedValues(url, device, "environment", "illuminance_lux");

/** Asked of InfluxDB itself. */
async function storedValues(url: string, device: string, measurement: string, field: string): Promise<number[]> {
  const rows = await ask(url, `SELECT "${field}" FROM "raw"."${measurement}" WHERE "device" = '${device}'`);
  return rows.flatMap(({ values }) => values.map(([, value]) => value));
}
