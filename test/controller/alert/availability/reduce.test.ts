import { describe, expect, it } from "vitest";
import type { Interval, Open, Seen } from "../../../../controller/alert/availability/interval.ts";
import { type LedgerEvent, reduce } from "../../../../controller/alert/availability/reduce.ts";

const noon = Date.UTC(2026, 10, 1, 12);
const minuteMs = 60_000;

/** One device through time; minutes after noon. */
function ledger() {
  let open: Open | null = null;
  const over: Interval[] = [];
  const take = (event: LedgerEvent, minute: number) => {
    const next = reduce("ap-1", open, event, noon + minute * minuteMs);
    open = next.is;
    if (next.over) over.push(next.over);
  };
  return {
    see(minute: number, is: Partial<Omit<Seen, "since" | "heardAt">> & { since?: number; heard?: number }) {
      const { since = minute, heard = minute, ...rest } = is;
      const usual = { state: "up", cause: null, root: null, site: "a", boot: "boot-a", bootAt: null } as const;
      const at = { since: noon + since * minuteMs, heardAt: noon + heard * minuteMs };
      take({ kind: "seen", is: { ...usual, ...rest, ...at } }, minute);
    },
    gap: (from: number, minute: number) => take({ kind: "gap", from: noon + from * minuteMs, cause: "away" }, minute),
    remove: (minute: number) => take({ kind: "removed" }, minute),
    /** "up 0-10", in minutes. */
    said: () => [
      ...over.map(({ state, cause, from, to, held }) =>
        [state, ...(cause ? [cause] : []), `${minutes(from)}-${minutes(to)}`, ...(held ? ["held"] : [])].join(" "),
      ),
      ...(open ? [`${open.state} ${minutes(open.from)}-`] : []),
    ],
  };
}
const minutes = (at: number): number => (at - noon) / minuteMs;

describe("what a device was", () => {
  it("begins when it is known; a loss counts from when it was lost, not from when it was noticed", () => {
    const one = ledger();
    one.see(0, { state: "unseen", since: -9, boot: null });
    one.see(3, {});
    one.see(20, { state: "down", since: 18, heard: 17 });
    one.see(32, {});
    expect(one.said()).toEqual(["unseen 0-3", "up 3-18", "down line 18-32 held", "up 32-"]);
  });

  it("another boot restarted, unless that had begun before the last word; a goodbye is a goodbye", () => {
    const one = ledger();
    one.see(0, {});
    one.see(10, { state: "down", heard: 9 });
    one.see(20, { boot: "boot-b", bootAt: noon + 15 * minuteMs });
    one.see(30, { state: "down", heard: 29, boot: "boot-b" });
    one.see(40, { boot: "boot-c", bootAt: noon + 8 * minuteMs });
    one.see(50, { state: "down", cause: "stopped", boot: "boot-c" });
    one.see(60, { boot: "boot-d" });
    expect(one.said()).toEqual([
      ...["up 0-10", "down restart 10-20", "up 20-30", "down 30-40", "up 40-50", "down stopped 50-60", "up 60-"],
    ]);
  });

  it("its site's failure, or ours, from its own beginning; when the site is back and it is not, from then on its own", () => {
    const one = ledger();
    one.see(0, {});
    one.see(10, { state: "down" });
    one.see(11, { state: "unreachable", root: "a", since: 10 });
    one.see(30, { state: "down", since: 10 });
    one.see(40, {});
    one.see(50, { state: "down" });
    one.see(51, { state: "unknown", cause: "blind", since: 50 });
    one.see(60, {});
    expect(one.said()).toEqual([
      ...["up 0-10", "unreachable 10-30", "down line 30-40 held", "up 40-50", "unknown blind 50-60 held", "up 60-"],
    ]);
  });

  it("only its agent was silent: there from its beginning, until it answers no more; also where nobody looked", () => {
    const one = ledger();
    one.see(0, {});
    one.see(10, { state: "down" });
    one.see(15, { state: "degraded", cause: "agent_down", since: 10, heard: 9 });
    one.gap(18, 20);
    one.see(21, { state: "degraded", cause: "agent_down", since: 10, heard: 9 });
    one.see(25, { state: "down", since: 10, heard: 9 });
    expect(one.said()).toEqual([
      ...["up 0-10", "degraded agent_down 10-18", "unknown away 18-20", "degraded agent_down 20-25", "down 25-"],
    ]);
  });

  it("a planned window stands above what happens in it", () => {
    const one = ledger();
    one.see(0, {});
    one.see(10, { state: "maintenance" });
    one.see(20, { state: "maintenance" });
    one.see(30, { state: "down", since: 15, heard: 14 });
    one.see(40, {});
    expect(one.said()).toEqual(["up 0-10", "maintenance 10-30", "down line 30-40 held", "up 40-"]);
  });

  it("nobody looked: unknown until it is heard, or found lost", () => {
    const one = ledger();
    one.see(0, {});
    one.gap(10, 20);
    one.see(20, { since: 0, heard: 10 });
    one.see(21, { since: 0, heard: 21 });
    one.gap(30, 40);
    one.gap(41, 45);
    one.see(47, { state: "down", since: 46, heard: 30 });
    one.see(50, {});
    one.see(60, { state: "down" });
    one.gap(70, 80);
    one.see(80, { state: "down", since: 60, heard: 60 });
    expect(one.said()).toEqual([
      ...["up 0-10", "unknown away 10-21 held", "up 21-30", "unknown away 30-46", "down line 46-50 held"],
      ...["up 50-60", "down 60-70", "unknown away 70-80", "down 80-"],
    ]);
  });

  it("the clock set back an hour: time that comes twice is counted once", () => {
    const one = ledger();
    one.see(0, {});
    one.see(60, { state: "down" });
    one.see(10, {});
    one.see(20, { state: "down" });
    one.see(65, { since: 64 });
    expect(one.said()).toEqual(["up 0-60", "down line 60-64 held", "up 64-"]);
  });

  it("removed: what it was until then stays", () => {
    const one = ledger();
    one.see(0, {});
    one.remove(10);
    one.remove(11);
    expect(one.said()).toEqual(["up 0-10"]);
  });
});
