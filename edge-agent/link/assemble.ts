import { join } from "node:path";
import { reason } from "../log.ts";
import { pseudonymKey, randomName } from "../trust/index.ts";
import { createBatcher } from "./batcher.ts";
import { createBootClock } from "./clock.ts";
import { createExit } from "./exit.ts";
import type { LinkNeeds, Parts } from "./parts.ts";
import { createSender } from "./sender.ts";
import { createSpool, type Dropped } from "./spool/index.ts";

/** Opens the spool, begins a boot, and tells of an earlier one that ended without a word. */
export async function assemble(needs: LinkNeeds): Promise<Parts> {
  const { host, log, identity } = needs;
  const boot = randomName(20);
  const exit = createExit(() => {
    const day = new Date(parts.clock?.believed() ?? host.time.now()).toISOString().slice(0, 10);
    const { key, saved } = pseudonymKey(identity, day);
    saved.catch((error) => log.error(`identity: ${reason(error)}`));
    return key;
  });
  const { intervalMs, controller: address, link } = needs;
  const begin = {
    session: 0,
    told: { boots: [], afterSeq: 0 } as Parts["told"],
    useful: false,
    skewed: false,
    address,
    intervalMs,
    ...link,
  };
  const parts = { needs, boot, exit, ...begin } as unknown as Parts;
  parts.spool = await createSpool({
    folder: join(needs.dataDir, "spool"),
    boot,
    settings: needs.spool,
    time: host.time,
    log,
    now: () => (parts.clock.state() === "unknown" ? undefined : parts.clock.at()),
    inFlight: (entry) => parts.sender.inFlight(entry),
    dropped: (runs) => tellDropped(parts, runs),
    thinned: ({ points, replaces }) => parts.batcher.thinned(points, replaces),
  });
  const { spool } = parts;
  parts.clock = createBootClock({ time: host.time, floor: () => identity.get().floor, firstLane: spool.firstLane });
  const warned = new Set<string>();
  parts.batcher = createBatcher({
    boot,
    clock: parts.clock,
    exit,
    session: () => parts.session,
    put(batch) {
      spool.put(batch);
      // What is thinned is old: it goes with the backlog.
      const entry = batch.thinned ? undefined : spool.entry(batch.boot, batch.seq);
      if (entry) parts.sender.made(entry);
    },
    refused(why) {
      // Every round would say the same again.
      if (warned.size < 100 && !warned.has(why)) log.warn(`left out: ${why}`);
      warned.add(why);
    },
  });
  parts.sender = createSender({
    host,
    log,
    spool,
    backlogBytesPerSecond: () => parts.backlogBytesPerSecond,
    left: () => parts.pulse.left(),
    setAside(entry) {
      log.warn(`batch ${entry.boot}/${entry.seq} makes the controller hang up: set aside until tomorrow`);
      parts.batcher.event("batch-set-aside", "warning", { boot: entry.boot, seq: entry.seq, points: entry.points });
    },
  });
  spool.tellUnclean((tail) => parts.batcher.event("tail-lost", "warning", { ...tail }));
  await spool.flush();
  return parts;
}

function tellDropped({ batcher, needs }: Parts, runs: readonly Dropped[]): void {
  for (const run of runs) {
    const what = run.why === "thinned" ? "are 5-minute values now, to make room" : `dropped: ${run.why}`;
    needs.log.warn(`spool: ${run.points.length} batches of boot ${run.boot} from ${run.from} on ${what}`);
    batcher.event("spool-dropped", "warning", { ...run });
  }
}
