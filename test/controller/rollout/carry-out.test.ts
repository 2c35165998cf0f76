import { describe, expect, it } from "vitest";
import { notFound } from "../../../controller/base/errors.ts";
import { createCarryOut } from "../../../controller/rollout/carry-out.ts";
import { newRollout } from "../../../controller/rollout/make.ts";
import { rolloutSettings } from "../../../controller/rollout/schema.ts";
import type { Touched } from "../../../controller/rollout/state.ts";
import { quiet } from "../records/fresh.ts";

const by = { kind: "user", id: "u", name: "Demo" };
const stranger = { kind: "user", id: "somebody", name: "Somebody" };
const { rollout, devices } = newRollout(
  by,
  { title: "Demo", settings: rolloutSettings.parse({}) },
  { targets: [{ device: "ap-1", before: 7 }], order: [{ id: "ap-1", wave: 0 }], at: 1 },
);
const one = devices.get("ap-1") as Touched;

/** One device whose configuration is kept in memory: which revision is wanted, by whom. */
function estate(first: { revision: number; by: typeof by | null }) {
  let is = first;
  const did: string[] = [];
  const next = (what: string, who: typeof by) => {
    did.push(what);
    is = { revision: is.revision + 1, by: who };
    return is;
  };
  const carryOut = createCarryOut({
    log: quiet,
    config: {
      of: async () => is,
      put: async (who, _device, { seen }) => next(`put over ${seen ?? "anything"}`, who),
      restore: async (who, _device, revision) => next(`back to ${revision}`, who),
    },
    documentOf: async () => ({ agent: { intervalMs: 45_000 } }),
  });
  return { carryOut, did };
}

describe("what a rollout does to one device", () => {
  it("pushed twice, as after a power cut, it is wanted once", async () => {
    const { carryOut, did } = estate({ revision: 7, by: stranger });
    const pushed = { kind: "pushed", device: "ap-1", revision: 8 };
    expect(await carryOut("push", rollout, one)).toEqual(pushed);
    expect(await carryOut("push", rollout, one)).toEqual(pushed);
    expect(did).toEqual(["put over 7"]);
  });

  it("what somebody else wanted meanwhile stays, on the way there and on the way back", async () => {
    const { carryOut, did } = estate({ revision: 8, by: stranger });
    const why = "somebody else configured it meanwhile";
    expect(await carryOut("push", rollout, one)).toEqual({ kind: "refused", device: "ap-1", why });
    expect(await carryOut("return", rollout, one)).toEqual({ kind: "returned", device: "ap-1", why });
    expect(did).toEqual([]);
  });

  it("goes back to what it had, or to nothing where there was nothing", async () => {
    const { carryOut, did } = estate({ revision: 7, by: stranger });
    await carryOut("push", rollout, one);
    expect(await carryOut("return", rollout, one)).toEqual({ kind: "returned", device: "ap-1", why: null });
    const fresh = estate({ revision: 0, by: null });
    await fresh.carryOut("push", rollout, { ...one, before: 0 });
    await fresh.carryOut("return", rollout, { ...one, before: 0 });
    expect([did, fresh.did]).toEqual([
      ["put over 7", "back to 7"],
      ["put over 0", "put over anything"],
    ]);
  });

  it("who is gone is gone; what can't be done now is tried again", async () => {
    const broken = (error: Error) =>
      createCarryOut({
        log: quiet,
        config: {
          of: async () => Promise.reject(error),
          put: async () => ({ revision: 0 }),
          restore: async () => ({ revision: 0 }),
        },
        documentOf: async () => null,
      });
    expect(await broken(notFound("device", "ap-1"))("push", rollout, one)).toEqual({ kind: "gone", device: "ap-1" });
    expect(await broken(new Error("the disk is full"))("push", rollout, one)).toBeNull();
  });
});
