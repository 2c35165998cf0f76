import type { Birth, Heartbeat } from "#wire";
import type { Delivery, Restored } from "../delivery.ts";
import { account } from "./account.ts";
import {
  type BootLedger,
  type DroppedBatches,
  drop,
  emptyBoot,
  isFull,
  isSettled,
  ledgerLimits,
  loseTail,
  type SettledBatch,
  settle,
  state,
} from "./boot.ts";
import { createChanges, type Row } from "./changes.ts";
import { foldAgain, foldBoot, foldLimits, isFolded, whichFolds } from "./folded.ts";
import { quickFigures } from "./quick.ts";
import { add, deliveryOf, type Figures, type Folded } from "./sums.ts";
import { createTally } from "./tally.ts";
import { createUncounted } from "./uncounted.ts";

export interface DeviceLedger {
  boots: Map<string, BootLedger>;
  /** The sums of boots that are not kept any more. */
  folded: Folded | null;
}

export interface LedgerNeeds {
  load(device: string): Promise<DeviceLedger>;
  /** Backups that were restored. */
  restores?: readonly Restored[];
  limits?: Partial<typeof limitsOfAll>;
}

const limitsOfAll = {
  ...foldLimits,
  bootsPerDevice: ledgerLimits.bootsPerDevice,
  /** Boots that are counted, and statements that are written, in one turn of `changed`. */
  atOnce: 1_000,
};

/** The ledger of every device, in memory from its first message on; `changed()` says what a commit has to write. */
export function createLedger(needs: LedgerNeeds) {
  const restores = needs.restores ?? [];
  const limits = { ...limitsOfAll, ...needs.limits };
  const devices = new Map<string, Promise<DeviceLedger>>();
  const loaded = new Map<string, DeviceLedger>();
  const current = new Map<string, string>();
  const changes = createChanges();
  const uncounted = createUncounted();
  const tally = createTally();
  const figures = new WeakMap<BootLedger, Figures>();
  let evicted: LedgerRows["evicted"] = [];
  let folded = new Map<string, Folded>();

  function load(device: string): Promise<DeviceLedger> {
    const known = devices.get(device);
    if (known !== undefined) return known;
    const loading = needs.load(device).then((own) => {
      // Else it was forgotten while it was read.
      if (devices.get(device) !== loading) return own;
      loaded.set(device, own);
      count(device, own);
      return own;
    });
    devices.set(device, loading);
    loading.catch(() => devices.delete(device));
    return loading;
  }

  function count(device: string, own: DeviceLedger): void {
    const all: Figures = { ...own.folded?.figures };
    for (const [boot, ledger] of own.boots) {
      let some = figures.get(ledger);
      if (!some) {
        some = quickFigures(boot, ledger, restores);
        figures.set(ledger, some);
      }
      add(all, some);
    }
    tally.set(device, all);
  }

  /** Only what changed: after an outage thousands of devices speak at once, each with a hundred boots. */
  function recount({ device, boot, ledger }: Row): void {
    if (loaded.get(device)?.boots.get(boot) !== ledger) return;
    const now = quickFigures(boot, ledger, restores);
    tally.change(device, figures.get(ledger) ?? {}, now);
    figures.set(ledger, now);
  }

  /** null: its boot is folded, or the device has as many boots as are kept and none of them is over. */
  function bootOf(device: string, boot: string, now: number): BootLedger | null {
    const own = loaded.get(device);
    if (!own) throw new Error(`the ledger of ${device} is not loaded`);
    const known = own.boots.get(boot);
    if (known) return known;
    if (isFolded(own.folded, boot)) return null;
    makeRoom(device, own, now);
    if (own.boots.size >= limits.bootsPerDevice) return null;
    const made = emptyBoot(now);
    own.boots.set(boot, made);
    return made;
  }

  function makeRoom(device: string, own: DeviceLedger, now: number): void {
    if (own.boots.size < Math.min(limits.bootsAtEase, limits.bootsPerDevice)) return;
    uncounted.of(device, recount);
    const must = own.boots.size >= limits.bootsPerDevice;
    const boot = whichFolds(own.boots, must, now, limits, (ledger) => figures.get(ledger)?.["missing"] ?? 0);
    const ledger = boot === null ? undefined : own.boots.get(boot);
    if (boot === null || !ledger) return;
    recount({ device, boot, ledger });
    own.folded = foldBoot(own.folded, account(boot, ledger, false, restores), now, limits);
    folded.set(device, own.folded);
    own.boots.delete(boot);
    changes.drop(device, ledger);
    evicted.push({ device, boot });
  }

  function touch(device: string, boot: string, ledger: BootLedger, by: "settled" | "said" = "settled"): void {
    const row = { device, boot, ledger };
    changes[by](row);
    uncounted.add(row);
  }

  return {
    load,
    /** Not any more once the device was forgotten. */
    isLoaded: (device: string): boolean => loaded.has(device),

    /** Of loaded devices. */
    isSettled: (device: string, boot: string, seq: number): boolean => {
      const ledger = loaded.get(device)?.boots.get(boot);
      return ledger !== undefined && isSettled(ledger, seq);
    },
    isFull: (device: string, boot: string, seq: number): boolean => {
      const own = loaded.get(device);
      const ledger = own?.boots.get(boot);
      const { rangesPerBoot, rangesPerDevice } = ledgerLimits;
      if (own && ledger) return isFull(ledger, seq, Math.min(rangesPerBoot, rangesPerDevice / own.boots.size));
      if (!own || own.boots.size < limits.bootsPerDevice || isFolded(own.folded, boot)) return false;
      return !hasOver(own.boots);
    },
    /** When the boot began by our clock, where a birth said so. */
    beganAt: (device: string, boot: string): number | null => loaded.get(device)?.boots.get(boot)?.beganAt ?? null,

    settle(
      device: string,
      boot: string,
      batch: Omit<SettledBatch, "total"> & { total: number | null },
      now: number,
    ): void {
      const ledger = bootOf(device, boot, now);
      const points = batch.stored + batch.quarantined;
      const own = loaded.get(device);
      if (!ledger && own?.folded && isFolded(own.folded, boot)) {
        own.folded = foldAgain(own.folded, points);
        folded.set(device, own.folded);
        tally.change(device, {}, { duplicates: points });
        return;
      }
      if (!ledger) throw new Error(`no room for boot ${boot} of ${device}: ask isFull first`);
      // A device that doesn't count: its batch follows what is known before it.
      const total = batch.total ?? (ledger.settled.findLast((r) => r.to < batch.seq)?.after ?? 0) + points;
      settle(ledger, { ...batch, total }, now);
      touch(device, boot, ledger);
    },

    dropped(device: string, boot: string, told: DroppedBatches, now: number): void {
      const ledger = bootOf(device, boot, now);
      if (!ledger) return;
      drop(ledger, told);
      touch(device, boot, ledger);
    },

    tailLost(device: string, boot: string, lost: NonNullable<BootLedger["tailLost"]>, now: number): void {
      const ledger = bootOf(device, boot, now);
      if (!ledger) return;
      loseTail(ledger, lost);
      touch(device, boot, ledger);
    },

    /** A birth or heartbeat: how far each boot is and what of it is still on the device. Changes memory at once; it is
     *  written with the next commit, and a device says it again after every connection. */
    async stated(device: string, said: Birth | Heartbeat, now: number): Promise<void> {
      const own = await load(device);
      if (loaded.get(device) !== own) return; // it was removed meanwhile
      const heldOf = (boot: string) => said.spool.held.filter((h) => h.boot === boot);
      const birth = "unfinished" in said ? said : null;
      const serial = birth?.hardware.serial;
      // First, since what is over makes room.
      for (const [boot, ledger] of own.boots) {
        if (boot === said.boot || ledger.over || birth?.unfinished.some((u) => u.boot === boot)) continue;
        if (birth) {
          ledger.over = true;
          if (ledger.serial !== undefined && ledger.serial !== serial) ledger.replaced = true;
        } else if (ledger.stated) ledger.stated = { ...ledger.stated, held: heldOf(boot) };
        touch(device, boot, ledger, "said");
      }
      current.set(device, said.boot);
      const open = [{ boot: said.boot, lastSeq: said.seq, total: said.total }, ...(birth?.unfinished ?? [])];
      for (const { boot, lastSeq, total } of open) {
        const ledger = bootOf(device, boot, now);
        if (!ledger) continue;
        state(ledger, { seq: lastSeq, total, held: heldOf(boot) }, now);
        ledger.over = false;
        if (birth && boot === birth.boot) {
          ledger.serial = birth.hardware.serial;
          ledger.beganAt = Math.min(ledger.beganAt ?? now, now - birth.upMs);
        }
        touch(device, boot, ledger, "said");
      }
    },

    async of(device: string): Promise<Delivery> {
      const own = await load(device);
      const told = [...own.boots].map(([boot, ledger]) =>
        account(boot, ledger, current.get(device) === boot, restores),
      );
      return deliveryOf(told, own.folded);
    },

    /** Counts a device that has not been heard since the start, for the sums of the fleet. */
    countOf(device: string, own: DeviceLedger): void {
      if (!tally.has(device)) count(device, own);
    },
    tally: {
      ...tally,
      /** Of devices whose newest is not counted yet, it is counted first. */
      missingOf(device: string): number {
        uncounted.of(device, recount);
        return tally.missingOf(device);
      },
      fleet(): Readonly<Figures> {
        uncounted.some(limits.atOnce, recount);
        return tally.fleet();
      },
    },

    /** Takes what changed since the last call; give it back with `again` when it could not be written. All that was
     *  settled or told is in it, and of the devices' own words so many that nobody waits long; the others are in the next. */
    changed(): LedgerRows {
      const ledgers = changes.take(limits.atOnce);
      const rows = { ledgers, evicted, folded: [...folded].map(([device, sums]) => ({ device, folded: sums })) };
      uncounted.some(limits.atOnce, recount);
      evicted = [];
      folded = new Map();
      return rows;
    },
    again(rows: LedgerRows): void {
      for (const { device, boot, ledger } of rows.ledgers) {
        if (loaded.get(device)?.boots.get(boot) === ledger) touch(device, boot, ledger);
      }
      evicted.push(...rows.evicted);
      for (const { device, folded: sums } of rows.folded)
        if (loaded.has(device) && !folded.has(device)) folded.set(device, sums);
    },
    forget(device: string): void {
      devices.delete(device);
      loaded.delete(device);
      current.delete(device);
      folded.delete(device);
      tally.forget(device);
      uncounted.forget(device);
      changes.forget(device);
    },
  };
}
export interface LedgerRows {
  /** To be written. */
  ledgers: Row[];
  /** Boots that made room for newer ones: to be deleted. */
  evicted: { device: string; boot: string }[];
  /** Sums that they are in now. */
  folded: { device: string; folded: Folded }[];
}

const hasOver = (boots: ReadonlyMap<string, BootLedger>): boolean => [...boots.values()].some((ledger) => ledger.over);

export type Ledger = ReturnType<typeof createLedger>;
