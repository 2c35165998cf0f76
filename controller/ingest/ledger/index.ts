import type { Birth, Heartbeat } from "#wire";
import type { BootDelivery, Delivery } from "../delivery.ts";
import { account } from "./account.ts";
import {
  type BootLedger,
  type DroppedBatches,
  drop,
  emptyBoot,
  isFull,
  isSettled,
  ledgerLimits,
  type SettledBatch,
  settle,
  state,
} from "./boot.ts";

export interface LedgerNeeds {
  load(device: string): Promise<Map<string, BootLedger>>;
}

/** The ledger of every device, in memory from its first message on; `changed()` says what a commit has to write. */
export function createLedger(needs: LedgerNeeds) {
  const devices = new Map<string, Promise<Map<string, BootLedger>>>();
  const loaded = new Map<string, Map<string, BootLedger>>();
  const current = new Map<string, string>();
  const dirty = new Map<string, { device: string; boot: string; ledger: BootLedger }>();
  let evicted: { device: string; boot: string }[] = [];

  function load(device: string): Promise<Map<string, BootLedger>> {
    const known = devices.get(device);
    if (known !== undefined) return known;
    const loading = needs.load(device).then((boots) => {
      // Else it was forgotten while it was read.
      if (devices.get(device) === loading) loaded.set(device, boots);
      return boots;
    });
    devices.set(device, loading);
    loading.catch(() => devices.delete(device));
    return loading;
  }

  /** null: the device has as many boots as are kept, and none of them is over. */
  function bootOf(device: string, boot: string, now: number): BootLedger | null {
    const boots = loaded.get(device);
    if (!boots) throw new Error(`the ledger of ${device} is not loaded`);
    const known = boots.get(boot);
    if (known) return known;
    if (boots.size >= ledgerLimits.bootsPerDevice && !evictOldest(device, boots)) return null;
    const made = emptyBoot(now);
    boots.set(boot, made);
    return made;
  }

  function evictOldest(device: string, boots: Map<string, BootLedger>): boolean {
    const over = [...boots].filter(([, ledger]) => ledger.over);
    const oldest = over.sort(([, a], [, b]) => a.lastAt - b.lastAt)[0];
    if (!oldest) return false;
    const [boot] = oldest;
    boots.delete(boot);
    dirty.delete(`${device} ${boot}`);
    evicted.push({ device, boot });
    return true;
  }

  const touch = (device: string, boot: string, ledger: BootLedger): void =>
    void dirty.set(`${device} ${boot}`, { device, boot, ledger });

  return {
    load,
    /** Not any more once the device was forgotten. */
    isLoaded: (device: string): boolean => loaded.has(device),

    /** Of loaded devices. */
    isSettled: (device: string, boot: string, seq: number): boolean => {
      const ledger = loaded.get(device)?.get(boot);
      return ledger !== undefined && isSettled(ledger, seq);
    },
    isFull: (device: string, boot: string, seq: number): boolean => {
      const boots = loaded.get(device);
      const ledger = boots?.get(boot);
      if (ledger) return isFull(ledger, seq);
      return boots !== undefined && boots.size >= ledgerLimits.bootsPerDevice && !hasOver(boots);
    },

    settle(
      device: string,
      boot: string,
      batch: Omit<SettledBatch, "total"> & { total: number | null },
      now: number,
    ): void {
      const ledger = bootOf(device, boot, now);
      if (!ledger) throw new Error(`no room for boot ${boot} of ${device}: ask isFull first`);
      const points = batch.stored + batch.quarantined;
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

    tailLost(device: string, boot: string, tailLost: NonNullable<BootLedger["tailLost"]>, now: number): void {
      const ledger = bootOf(device, boot, now);
      if (!ledger) return;
      ledger.tailLost = tailLost;
      touch(device, boot, ledger);
    },

    /** A birth or heartbeat: how far each boot is and what of it is still on the device. Changes memory at once; it is
     *  written with the next commit, and a device says it again after every connection. */
    async stated(device: string, said: Birth | Heartbeat, now: number): Promise<void> {
      const boots = await load(device);
      if (loaded.get(device) !== boots) return; // it was removed meanwhile
      const heldOf = (boot: string) => said.spool.held.filter((h) => h.boot === boot);
      const unfinished = "unfinished" in said ? said.unfinished : null;
      // First, since what is over makes room.
      for (const [boot, ledger] of boots) {
        if (boot === said.boot || ledger.over || unfinished?.some((u) => u.boot === boot)) continue;
        if (unfinished) ledger.over = true;
        else if (ledger.stated) ledger.stated = { ...ledger.stated, held: heldOf(boot) };
        touch(device, boot, ledger);
      }
      current.set(device, said.boot);
      const open = [{ boot: said.boot, lastSeq: said.seq, total: said.total }, ...(unfinished ?? [])];
      for (const { boot, lastSeq, total } of open) {
        const ledger = bootOf(device, boot, now);
        if (!ledger) continue;
        state(ledger, { seq: lastSeq, total, held: heldOf(boot) }, now);
        ledger.over = false;
        touch(device, boot, ledger);
      }
    },

    async of(device: string): Promise<Delivery> {
      const boots = await load(device);
      const told = [...boots].map(([boot, ledger]) => account(boot, ledger, current.get(device) === boot));
      return sum(told.sort((a, b) => (b.firstAt ?? 0) - (a.firstAt ?? 0)));
    },

    /** Takes what changed since the last call; give it back with `again` when it could not be written. */
    changed(): LedgerRows {
      const rows = { ledgers: [...dirty.values()], evicted };
      dirty.clear();
      evicted = [];
      return rows;
    },
    again(rows: LedgerRows): void {
      for (const { device, boot, ledger } of rows.ledgers) {
        if (loaded.get(device)?.get(boot) === ledger) touch(device, boot, ledger);
      }
      evicted.push(...rows.evicted);
    },
    forget(device: string): void {
      devices.delete(device);
      loaded.delete(device);
      current.delete(device);
      for (const [name, row] of dirty) if (row.device === device) dirty.delete(name);
    },
  };
}
export interface LedgerRows {
  /** To be written. */
  ledgers: { device: string; boot: string; ledger: BootLedger }[];
  /** Boots that made room for newer ones: to be deleted. */
  evicted: { device: string; boot: string }[];
}

const hasOver = (boots: ReadonlyMap<string, BootLedger>): boolean => [...boots.values()].some((ledger) => ledger.over);

export type Ledger = ReturnType<typeof createLedger>;

/** Boots that are listed one by one; older ones are in the sums only. */
const bootsListed = 50;

function sum(boots: BootDelivery[]): Delivery {
  const add = (key: "made" | "stored" | "duplicates" | "quarantined" | "dropped" | "onDevice" | "missing") =>
    boots.reduce((n, boot) => n + boot[key], 0);
  const stored = add("stored");
  const duplicates = add("duplicates");
  const quarantined = add("quarantined");
  return {
    made: add("made"),
    received: stored + duplicates + quarantined,
    stored,
    duplicates,
    quarantined,
    dropped: add("dropped"),
    onDevice: add("onDevice"),
    missing: add("missing"),
    boots: boots.slice(0, bootsListed),
  };
}
