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

  function load(device: string): Promise<Map<string, BootLedger>> {
    const known = devices.get(device);
    if (known !== undefined) return known;
    const loading = needs.load(device).then((boots) => {
      loaded.set(device, boots);
      return boots;
    });
    devices.set(device, loading);
    loading.catch(() => devices.delete(device));
    return loading;
  }

  function bootOf(device: string, boot: string, now: number): BootLedger {
    const boots = loaded.get(device);
    if (!boots) throw new Error(`the ledger of ${device} is not loaded`);
    const known = boots.get(boot);
    if (known) return known;
    const made = emptyBoot(now);
    boots.set(boot, made);
    return made;
  }

  const touch = (device: string, boot: string, ledger: BootLedger): void =>
    void dirty.set(`${device} ${boot}`, { device, boot, ledger });

  return {
    load,

    /** Of loaded devices. */
    isSettled: (device: string, boot: string, seq: number): boolean => {
      const ledger = loaded.get(device)?.get(boot);
      return ledger !== undefined && isSettled(ledger, seq);
    },
    isFull: (device: string, boot: string, seq: number): boolean => {
      const ledger = loaded.get(device)?.get(boot);
      return ledger !== undefined && isFull(ledger, seq);
    },

    settle(
      device: string,
      boot: string,
      batch: Omit<SettledBatch, "total"> & { total: number | null },
      now: number,
    ): void {
      const ledger = bootOf(device, boot, now);
      const points = batch.stored + batch.quarantined;
      // A device that doesn't count: its batch follows what is known before it.
      const total = batch.total ?? (ledger.settled.findLast((r) => r.to < batch.seq)?.after ?? 0) + points;
      settle(ledger, { ...batch, total }, now);
      touch(device, boot, ledger);
    },

    dropped(device: string, boot: string, told: DroppedBatches, now: number): void {
      const ledger = bootOf(device, boot, now);
      drop(ledger, told);
      touch(device, boot, ledger);
    },

    tailLost(device: string, boot: string, tailLost: NonNullable<BootLedger["tailLost"]>, now: number): void {
      const ledger = bootOf(device, boot, now);
      ledger.tailLost = tailLost;
      touch(device, boot, ledger);
    },

    /** A birth or heartbeat: how far each boot is and what of it is still on the device. Changes memory at once; it is
     *  written with the next commit, and a device says it again after every connection. */
    async stated(device: string, said: Birth | Heartbeat, now: number): Promise<void> {
      const boots = await load(device);
      const heldOf = (boot: string) => said.spool.held.filter((h) => h.boot === boot);
      const own = bootOf(device, said.boot, now);
      current.set(device, said.boot);
      state(own, { seq: said.seq, total: said.total, held: heldOf(said.boot) }, now);
      own.over = false;
      touch(device, said.boot, own);
      const unfinished = "unfinished" in said ? said.unfinished : null;
      for (const open of unfinished ?? []) {
        const ledger = bootOf(device, open.boot, now);
        state(ledger, { seq: open.lastSeq, total: open.total, held: heldOf(open.boot) }, now);
        ledger.over = false;
        touch(device, open.boot, ledger);
      }
      for (const [boot, ledger] of boots) {
        if (boot === said.boot || ledger.over || unfinished?.some((u) => u.boot === boot)) continue;
        if (unfinished) ledger.over = true;
        else if (ledger.stated) ledger.stated = { ...ledger.stated, held: heldOf(boot) };
        touch(device, boot, ledger);
      }
    },

    async of(device: string): Promise<Delivery> {
      const boots = await load(device);
      const told = [...boots].map(([boot, ledger]) => account(boot, ledger, current.get(device) === boot));
      return sum(told.sort((a, b) => (b.firstAt ?? 0) - (a.firstAt ?? 0)));
    },

    /** Takes what changed since the last call; give it back with `again` when it could not be written. */
    changed() {
      const rows = [...dirty.values()];
      dirty.clear();
      return rows;
    },
    again(rows: readonly { device: string; boot: string; ledger: BootLedger }[]): void {
      for (const row of rows) touch(row.device, row.boot, row.ledger);
    },
    forget(device: string): void {
      devices.delete(device);
      loaded.delete(device);
      current.delete(device);
    },
  };
}
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
