import { describe, expect, it } from "vitest";
import { town } from "./town.ts";

/** One device that is lost for ten minutes and comes back with this boot. */
function backWith(boot: string, bootAgoMs: number | null, stopped = false) {
  const t = town({ a: 2 });
  t.lose(["a-0"], stopped);
  t.pass(600);
  const is = t.state().devices.get("a-0");
  if (!is) throw new Error("no a-0");
  const bootAt = bootAgoMs === null ? null : t.now() - bootAgoMs;
  const there = { state: "up", stopped: false, since: t.now(), lastSeenAt: t.now(), boot, bootAt } as const;
  t.run([{ kind: "device", id: "a-0", is: { ...is, ...there } }]);
  return { cause: t.steps.at(-1)?.incident.cause, sentence: t.sentences().at(-1) };
}

describe("why a device was silent, told from how it comes back", () => {
  it.each([
    ["the same boot: its line", "boot-a", 9_000_000, false, "line", "it was up all the time, only its line was down"],
    ["one that began meanwhile: power or reboot", "boot-b", 60_000, false, "restart", "it restarted (power or reboot)"],
    ["one of which nobody knows when it began", "boot-b", null, false, "restart", "it restarted (power or reboot)"],
    ["after a goodbye", "boot-b", 60_000, true, "stopped", "its agent had been stopped"],
  ] as const)("%s", (_, boot, bootAgoMs, stopped, cause, words) => {
    const back = backWith(boot, bootAgoMs, stopped);
    expect(back.cause).toBe(cause);
    expect(back.sentence).toContain(`; ${words}.`);
  });

  it("one that had begun before the last word did not end the silence: nobody knows", () => {
    expect(backWith("boot-b", 7_200_000)).toMatchObject({
      cause: null,
      sentence: expect.stringMatching(/after 10 min\.$/),
    });
  });
});
