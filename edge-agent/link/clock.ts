import type { ClockState } from "#wire";
import type { Time } from "../host/index.ts";

/** No agent of this release ran before: a wall clock that says so has not been set. */
export const builtAfter = Date.UTC(2026, 0, 1);
/** The controller's clock may be this far ahead of ours and neither be wrong. */
const toleranceMs = 5 * 60_000;
/** A wall clock that moved by more than this against the monotonic one was set anew. */
export const stepMs = 2_000;
/** Every offset that goes back in time gets a lane of its own: its `at` leave another rest when divided by 16, so that
 *  none is ever used twice, in this boot or by the next. */
export const lanes = 16;

export type BootClock = ReturnType<typeof createBootClock>;

/** The time of one boot (DESIGN §5): an offset that is fixed before the first send, and a new one for what is measured
 *  after the wall clock was set.
 *  @param floor what time it is at least, by what was signed
 *  @param firstLane 0-15, another one than the boot before had */
export function createBootClock(needs: { time: Time; floor: () => number; firstLane: number }) {
  const { time, floor } = needs;
  const started = time.monotonic();
  const upMs = (monotonic = time.monotonic()): number => Math.max(0, Math.floor(monotonic - started));
  const plausible = (now: number): boolean => now >= Math.max(builtAfter, floor() - toleranceMs);
  const rounded = (offset: number): number => Math.round(offset / lanes) * lanes;
  let lane = needs.firstLane % lanes;
  let lanesLeft = lanes - 1;
  let state: ClockState = plausible(time.now()) ? "synced" : "unknown";
  let offset = state === "synced" ? rounded(time.now() - upMs()) : 0;

  function open(now: number, as: ClockState): boolean {
    const next = rounded(now - upMs());
    if (state !== "unknown" && next < offset) {
      if (lanesLeft === 0) return false;
      lanesLeft--;
      lane = (lane + 1) % lanes;
    }
    offset = next;
    state = as;
    return true;
  }

  return {
    /** Of the boot, now or at another reading of the monotonic clock. */
    upMs,
    state: () => state,
    lane: () => lane,
    /** Milliseconds from the boot's start to 1970; 0 while unknown. A multiple of 16. */
    offset: () => offset,
    /** Of a message that is made now. */
    at: () => offset + upMs(),
    /** Of a point measured at `up`, in the offset's lane. */
    pointAt: (up: number) => Math.floor((offset + up) / lanes) * lanes + lane,
    /** The best guess; what a birth says while the time is unknown. */
    believed: () => (state === "unknown" ? Math.max(0, time.now()) : offset + upMs()),
    /** Looks whether the wall clock was set. True: a new offset is open, and what was measured before must be
     *  batched under the old one first (so ask before adding points). */
    noticeStep(): boolean {
      const now = time.now();
      if (!plausible(now)) return false;
      const moved = Math.abs(now - (offset + upMs())) > stepMs;
      return state === "unknown" || moved ? open(now, "synced") : false;
    },
    /** What a signed welcome says. Only a boot without time takes it. True if taken. */
    learn: (now: number): boolean => (state === "unknown" ? open(now, "corrected") : false),
  };
}
