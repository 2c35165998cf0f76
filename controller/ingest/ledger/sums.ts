import type { BootDelivery, Delivery, DeliveryTotals, Gap, Loss, LossReason, Share } from "../delivery.ts";

/** Points by what became of them: `made`, `stored`, …, and `missing <why>`, `dropped <why>`. Sums add up key by key. */
export type Figures = Record<string, number>;

const keys = ["made", "stored", "duplicates", "quarantined", "dropped", "onDevice", "missing"] as const;

export function figuresOf(told: BootDelivery): Figures {
  const figures: Figures = {};
  for (const key of keys) if (told[key] !== 0) figures[key] = told[key];
  for (const { why, points } of told.drops) add(figures, { [`dropped ${why}`]: points });
  for (const { why, points } of lossesOf(told)) add(figures, { [`missing ${why}`]: points });
  return figures;
}

export function add(to: Figures, some: Figures, times = 1): void {
  for (const key in some) to[key] = (to[key] ?? 0) + times * (some[key] ?? 0);
}

/** By why; what the device never put a number on counts as unknown. */
function lossesOf({ gaps, missing }: BootDelivery): Share<LossReason>[] {
  const by = new Map<LossReason, number>();
  let named = 0;
  for (const { why, points } of gaps) {
    if (!points) continue;
    by.set(why, (by.get(why) ?? 0) + points);
    named += points;
  }
  if (missing > named) by.set("unknown", (by.get("unknown") ?? 0) + missing - named);
  return [...by].map(([why, points]) => ({ why, points }));
}

/** What stays of boots that are too old to be kept one by one. */
export interface Folded {
  boots: number;
  figures: Figures;
  firstAt: number;
  lastLoss: Loss | null;
  /** Of which something may still come, and when they were last heard of (see `foldBoot`). */
  lately?: [boot: string, lastAt: number][];
}

export function fold(folded: Folded | null, told: BootDelivery): Folded {
  const firstAt = told.firstAt ?? Number.MAX_SAFE_INTEGER;
  const next: Folded = folded
    ? { ...folded, figures: { ...folded.figures } }
    : { boots: 0, figures: {}, firstAt, lastLoss: null };
  next.boots++;
  next.firstAt = Math.min(next.firstAt, firstAt);
  next.lastLoss = newest(next.lastLoss, lastLossOf(told));
  add(next.figures, figuresOf(told));
  return next;
}

export const deliveryLimits = {
  /** Boots that are listed one by one; older ones are in the sums only. */
  boots: 50,
  /** Gaps that are listed of a boot, the newest. */
  gaps: 20,
} as const;

/** What one device made, and where it is. */
export function deliveryOf(told: readonly BootDelivery[], folded: Folded | null): Delivery {
  const figures: Figures = { ...folded?.figures };
  for (const boot of told) add(figures, figuresOf(boot));
  const totals = Object.fromEntries(keys.map((key) => [key, figures[key] ?? 0])) as unknown as DeliveryTotals;
  const starts = [...told.map((boot) => boot.firstAt), folded?.firstAt ?? null].filter((at) => at !== null);
  const listed = [...told].sort((a, b) => (b.firstAt ?? 0) - (a.firstAt ?? 0)).slice(0, deliveryLimits.boots);
  return {
    ...totals,
    received: totals.stored + totals.duplicates + totals.quarantined,
    losses: sharesOf<LossReason>(figures, "missing "),
    drops: sharesOf(figures, "dropped "),
    since: starts.length > 0 ? Math.min(...starts) : null,
    lastLoss: told.map(lastLossOf).reduce(newest, folded?.lastLoss ?? null),
    folded: (folded?.boots ?? 0) + told.length - listed.length,
    boots: listed.map((boot) => ({
      ...boot,
      gaps: boot.gaps.slice(-deliveryLimits.gaps),
      gapsLeft: Math.max(0, boot.gaps.length - deliveryLimits.gaps),
    })),
  };
}

export const sharesOf = <Why extends string>(figures: Figures, head: string): Share<Why>[] =>
  Object.entries(figures)
    .filter(([key, points]) => key.startsWith(head) && points > 0)
    .map(([key, points]) => ({ why: key.slice(head.length) as Why, points }));

function lastLossOf({ gaps, drops, dropped, firstAt, lastAt }: BootDelivery): Loss | null {
  const gap = gaps.at(-1);
  if (gap) return missingOf(gap, firstAt, lastAt);
  const why = [...drops].sort((a, b) => b.points - a.points)[0]?.why;
  return why === undefined ? null : { fromAt: firstAt, toAt: lastAt, points: dropped, kind: "dropped", why };
}

const missingOf = ({ fromAt, toAt, points, why }: Gap, firstAt: number | null, lastAt: number | null): Loss => ({
  fromAt: fromAt ?? firstAt,
  toAt: toAt ?? lastAt,
  points,
  kind: "missing",
  why,
});

const newest = (a: Loss | null, b: Loss | null): Loss | null => (a && (!b || (a.toAt ?? 0) >= (b.toAt ?? 0)) ? a : b);
