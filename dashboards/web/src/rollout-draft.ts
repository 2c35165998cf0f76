import type { ConfigWish, RolloutWish } from "./api.ts";
import { msOf } from "./duration-text.ts";

/** How a change goes out, as a person types it. */
export interface RolloutDraft {
  inWaves: boolean;
  /** "10m": how long each wave is watched. */
  soak: string;
  failures: string;
  /** "": at any hour. */
  from: string;
  to: string;
  /** "": whoever is on. */
  busyAbove: string;
  backAtHalt: boolean;
}

/** More than this many at once is worth a canary. */
export const worthWaves = 3;

export const usualRollout: RolloutDraft = {
  inWaves: true,
  soak: "10m",
  failures: "3",
  from: "",
  to: "",
  busyAbove: "",
  backAtHalt: false,
};

/** What is asked of the API. @param change the same that would go out at once */
export function rolloutWishOf(draft: RolloutDraft, { message = "", ...change }: ConfigWish): RolloutWish {
  const { soak, failures, from, to, busyAbove, backAtHalt } = draft;
  return {
    ...change,
    title: message.trim() === "" ? "New settings" : message.trim(),
    settings: {
      gate: { soakMs: msOf(soak) },
      abort: { failures: Number(failures) },
      onHalt: backAtHalt ? "return" : "stop",
      ...(from === "" && to === "" ? {} : { window: { from, to } }),
      ...(busyAbove.trim() === "" ? {} : { busyAbove: Number(busyAbove) }),
    },
  };
}
