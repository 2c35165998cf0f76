/** `GET /devices/{id}/delivery` (DESIGN §5, §8). Everything counts points unless it says otherwise.
 *  received = stored + duplicates + quarantined; made = stored + quarantined + dropped + onDevice + missing. */
export interface Delivery extends DeliveryTotals {
  received: number;
  /** What is missing, by why. */
  losses: Share<LossReason>[];
  /** What the device gave up, by why it did. */
  drops: Share<string>[];
  /** When the first was heard of it; null: nothing yet. */
  since: number | null;
  /** The newest loss that is still one, missing or given up; null: there is none. */
  lastLoss: Loss | null;
  /** Boots that are too old to be listed: they are in the sums. */
  folded: number;
  /** Newest first. */
  boots: BootDelivery[];
}

export interface DeliveryTotals {
  made: number;
  stored: number;
  duplicates: number;
  quarantined: number;
  dropped: number;
  onDevice: number;
  missing: number;
}

/** power: at most its tail-lost interval before an unclean end · wiped: the device held it and came back without ·
 *  replaced: other hardware came in its place · restored: delivered after the backup that was restored · unknown */
export type LossReason = "power" | "wiped" | "replaced" | "restored" | "unknown";

export interface Share<Why extends string> {
  why: Why;
  points: number;
}

export interface Gap {
  from: number;
  to: number;
  /** null where the device never said. */
  points: number | null;
  why: LossReason;
  /** It was made between these two; null where nobody knows. By the device's clock. */
  fromAt: number | null;
  toAt: number | null;
}

/** Some time between `fromAt` and `toAt`. */
export interface Loss {
  fromAt: number | null;
  toAt: number | null;
  points: number | null;
  /** missing: nobody knows where they are · dropped: the device said that it gave them up */
  kind: "missing" | "dropped";
  why: string;
}

export interface BootDelivery extends DeliveryTotals {
  boot: string;
  current: boolean;
  firstAt: number | null;
  lastAt: number | null;
  drops: Share<string>[];
  /** Sequences that never came; the newest, where there are many. */
  gaps: Gap[];
  /** How many more there are. */
  gapsLeft: number;
  /** At most so long before an unclean end, after that sequence, was never flushed. */
  tailLost?: { afterSeq: number; atMostMs: number };
}

/** A backup of `from` was restored at `to`: what was delivered in between is in the devices' past, and in no ledger. */
export interface Restored {
  from: number;
  to: number;
}
