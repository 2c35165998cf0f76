import { catalogue as wireCatalogue } from "#wire";
import type { Cancel, Clock } from "../../../base/clock.ts";
import type { Log } from "../../../base/log.ts";
import { type Catalogue, sift } from "../accept.ts";
import { checkQuery } from "../aggregate.ts";
import { checkBuckets } from "../buckets.ts";
import {
  type Outcome,
  type PendingHours,
  type Retention,
  type SeriesStore,
  StoreAway,
  type StoredPoint,
  seriesLimits,
} from "../contract.ts";
import { createReadiness } from "../readiness.ts";
import { createPlanner } from "../rollup/planner.ts";
import { createLineWriter } from "./line.ts";
import { createQl } from "./ql.ts";
import { createQueries, within } from "./queries.ts";
import { createInfluxRollups, policies } from "./rollups.ts";
import { ensureSchema, rawDurationMs } from "./schema.ts";
import { type Line, settle } from "./settle.ts";
import { type Credentials, createTransport, transportLimits } from "./transport.ts";

export interface InfluxNeeds {
  /** http(s)://host:port, without credentials. */
  url: string;
  credentials?: Credentials | undefined;
  /** "lamplighter" unless told. */
  database?: string;
  clock: Clock;
  log: Log;
  /** How long points and buckets are kept, at least an hour. */
  retention: Retention;
  /** Absent: nobody makes roll-ups. */
  pending?: PendingHours | undefined;
  /** false: database and retention policy are made by somebody else. */
  manageSchema?: boolean;
  catalogue?: Catalogue;
  requestTimeoutMs?: number;
}

const retentionPolicy = "raw";
const backoff = { baseMs: 250, maxMs: 10_000 };
/** So that `state` is true also while nothing is written. */
const lookEveryMs = 15_000;

/** InfluxDB 1.x. Throws on an address that cannot be one. */
export function createInfluxSeries(needs: InfluxNeeds): SeriesStore {
  const { clock, log, retention, pending, catalogue = wireCatalogue, database = "lamplighter" } = needs;
  const url = addressOf(needs.url);
  const requestTimeoutMs = needs.requestTimeoutMs ?? transportLimits.requestTimeoutMs;
  const connection = { url, credentials: needs.credentials, database, requestTimeoutMs, clock };
  const manage = needs.manageSchema ?? true;
  const transport = createTransport({ ...connection, retentionPolicy });
  const plan = createPlanner({ clock, catalogue, retention, pending });
  const ql = createQl(connection);
  const queries = createQueries({ ql, retentionPolicy, catalogue });
  const send = (policy: string) => (body: string) => transport.write(body, policy);
  const rollups = createInfluxRollups({
    ql,
    catalogue,
    retentionPolicy,
    write: (policy, points) => settle(linesOf(points, []), send(policy)),
    rawSince: () => clock.now() - retention.rawMs,
    refused: (level, count, why) => log.warn("InfluxDB refused roll-ups", { level, count, why }),
  });
  let warned = false;
  let cancelLook: Cancel = () => {};

  const readiness = createReadiness({
    clock,
    log,
    backoff,
    async attempt() {
      await transport.ping();
      await ensureSchema(ql, { retentionPolicy, retentionMs: await rawMs(), manage });
      if (!pending) return;
      await ensureSchema(ql, { retentionPolicy: policies["5-minute"], retentionMs: retention.fiveMinuteMs, manage });
      await ensureSchema(ql, { retentionPolicy: policies.hourly, retentionMs: retention.hourlyMs, manage });
    },
  });

  /** Raw points of an hour that is not rolled up must not expire. */
  async function rawMs(): Promise<number> {
    const needed = rawDurationMs(retention.rawMs, (await pending?.oldestAt()) ?? null, clock.now());
    if (needed > retention.rawMs !== warned) {
      warned = !warned;
      const state = warned ? "roll-ups are behind: raw points have to be kept longer" : "roll-ups have caught up";
      log.warn(state, {
        policy: retentionPolicy,
        days: needed / 86_400_000,
        ...(manage ? {} : { do: "alter the policy" }),
      });
    }
    return needed;
  }

  const whileReady = async <T>(run: () => Promise<T>, onAway: (why: string) => void): Promise<T> => {
    const state = readiness.state();
    if (!state.ready) throw new StoreAway(state.why);
    try {
      return await run();
    } catch (error) {
      if (error instanceof StoreAway) onAway(error.message);
      throw error;
    }
  };
  // A heavy query that takes too long doesn't mean that writes fail: look first.
  const read = <T>(run: () => Promise<T>): Promise<T> => whileReady(run, () => readiness.look());

  return {
    kind: "influx",
    async start() {
      await readiness.start();
      cancelLook = clock.every(lookEveryMs, () => readiness.look());
    },
    async stop() {
      cancelLook();
      transport.stop();
      ql.stop();
      await readiness.stop();
    },
    state: () => readiness.state(),
    async write(points) {
      const { outcomes, accepted, places } = sift(points, catalogue, clock.now() - retention.rawMs);
      if (accepted.length === 0) return outcomes;
      const lines = linesOf(accepted, places);
      const settled = await whileReady(() => settle(lines, send(retentionPolicy)), readiness.away);
      lines.forEach((line, i) => {
        outcomes[line.place] = settled[i] as Outcome;
      });
      return outcomes;
    },
    async query(query) {
      checkQuery(query, catalogue);
      const asked = within(query);
      const planned = await plan(asked);
      return { resolution: planned.resolution, series: await read(() => queries.query(asked, planned)) };
    },
    latest: (now, withinMs) => read(() => queries.latest(now - withinMs)),
    count: (device, from, to, measurement) => read(() => queries.count(device, from, to, measurement)),
    rollUp: (hours) => read(() => rollups.rollUp(hours)),
    devicesOn: () => read(() => rollups.devices()),
    hoursOn: (at, devices) => read(() => rollups.hoursOn(at, devices.slice(0, seriesLimits.devicesPerHoursOn))),
    async importRollups(level, buckets) {
      checkBuckets(level, buckets, catalogue);
      await read(() => rollups.importRollups(level, buckets));
    },
  };
}

/** Together by device: InfluxDB takes several points of a series at once half as fast again. */
function linesOf(points: readonly StoredPoint[], places: readonly number[]): (Line & { place: number })[] {
  const write = createLineWriter();
  return points
    .map((point, i) => ({ point, text: write(point), place: places[i] ?? i }))
    .sort((a, b) => (a.point.device < b.point.device ? -1 : a.point.device > b.point.device ? 1 : a.place - b.place));
}

function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error("InfluxDB's address: http:// or https:// expected");
  if (url.username || url.password)
    throw new Error("InfluxDB's address holds credentials: give them by their settings");
  return url;
}
