import { describe, expect, it } from "vitest";
import { type Muted, seenOf, standings } from "../../../../controller/alert/availability/observe.ts";
import type { Watched } from "../../../../controller/alert/state.ts";
import { town } from "../town.ts";

/** State, cause and root of a device, as the ledger sees the town. */
function seen(t: ReturnType<typeof town>, id: string, muted: Muted = null) {
  const is = t.state().devices.get(id) as Watched;
  const { state, cause, root } = seenOf(is, standings(t.state().incidents).get(id), muted, t.now());
  return [state, cause, root].filter((one) => one !== null).join(" ");
}

describe("a device as the ledger sees it", () => {
  it("lost alone is down, with its site unreachable, silent by a goodbye stopped, and in a window planned", () => {
    const t = town({ a: 3, b: 4 });
    t.lose(["b-0"], true);
    t.lose(t.of("a"));
    t.pass(60);
    expect(t.open().map(({ rule }) => rule)).toContain("site_unreachable");
    expect(["a-0", "b-0", "b-1"].map((id) => seen(t, id))).toEqual(["unreachable a", "down stopped", "up"]);
    expect(seen(t, "a-0", { sla: "count" })).toBe("unreachable maintenance a");
    expect(seen(t, "a-0", { sla: "exclude" })).toBe("maintenance");
    t.become(["a-0"], "unknown");
    t.become(["a-1"], "asleep");
    t.become(["a-2"], "unseen");
    t.check(["b-1"]);
    expect(["a-0", "a-1", "a-2", "b-1"].map((id) => seen(t, id))).toEqual(["unknown blind", "asleep", "unseen", "up"]);
    expect(seen(t, "a-1", { sla: "exclude" })).toBe("asleep");
  });

  it("behind another that is lost, unreachable with that", () => {
    const t = town({ a: 5 });
    t.hang(["a-1"], [["a-0"]]);
    t.lose(["a-0", "a-1"]);
    t.pass(90);
    expect(["a-0", "a-1"].map((id) => seen(t, id))).toEqual(["down", "unreachable a-0"]);
  });
});
