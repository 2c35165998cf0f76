/** `GET /devices/{id}/delivery` (DESIGN §5, §8). Everything counts points unless it says otherwise.
 *  received = stored + duplicates + quarantined; made = stored + quarantined + dropped + onDevice + missing. */
export interface Delivery {
  made: number;
  received: number;
  stored: number;
  duplicates: number;
  quarantined: number;
  dropped: number;
  onDevice: number;
  missing: number;
  boots: BootDelivery[];
}

export interface BootDelivery {
  boot: string;
  current: boolean;
  firstAt: number | null;
  lastAt: number | null;
  made: number;
  stored: number;
  duplicates: number;
  quarantined: number;
  dropped: number;
  onDevice: number;
  missing: number;
  /** Sequences that never came, with the points in them (null where the device never said). */
  gaps: { from: number; to: number; points: number | null; why: string }[];
  /** At most so long before an unclean end, after that sequence, was never flushed. */
  tailLost?: { afterSeq: number; atMostMs: number };
}
