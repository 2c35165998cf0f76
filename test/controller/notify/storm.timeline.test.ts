import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { undo } from "../../undo.ts";
import { freshNotify, receiver } from "./fresh.ts";

const minute = 60_000;
const now = { critical: "now", major: "now", warning: "digest", info: "never" } as const;
const rate = { burst: 3, perMinute: 3 };

/** What may happen: an incident begins, grows or ends, time passes, the receiver goes away or comes back, and the process
 *  dies and starts again. */
const step = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ what: fc.constantFrom("opened", "opened", "updated", "over"), id: fc.nat(17) }),
  },
  { weight: 3, arbitrary: fc.record({ what: fc.constant("pass"), id: fc.integer({ min: 1, max: 90 }) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom("down", "refuse", "up", "kill"), id: fc.nat(0) }) },
);
const severityOf = (id: number): string => ["critical", "major", "warning", "critical", "info", "major"][id % 6] ?? "";

describe("under any sequence of events", () => {
  it("no end without a beginning, no beginning twice, nothing dropped, and the budget holds", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
        const sent: { at: number; titles: string[] }[] = [];
        let mode = "up";
        const hook = await receiver((response, { body }) => {
          if (mode !== "up") return void response.writeHead(mode === "down" ? 503 : 404).end();
          const items = /^\d+ incidents/.test(body.title) ? body.message.split("\n").slice(1) : [body.title];
          sent.push({ at: fresh.clock.now(), titles: items.map((title: string) => title.replace(/^• /, "")) });
          response.end("{}");
        });
        const fresh = await freshNotify();
        const duty = { topic: "duty", server: `http://127.0.0.1:${hook.port}` };
        await fresh.add("ntfy", "Duty", duty, { when: now, ...rate });
        let worker = fresh.notify;
        worker.start();
        const state = new Map<number, "open" | "over">();
        const pass = async (ms: number) => {
          for (let gone = 0; gone < ms; gone += 10_000) {
            fresh.clock.pass(Math.min(10_000, ms - gone));
            await worker.idle();
          }
        };
        for (const { what, id } of steps) {
          if (what === "pass") await pass(id * 1_000);
          else if (what === "down" || what === "up" || what === "refuse") mode = what;
          else if (what === "kill") {
            await worker.stop();
            worker = fresh.open();
            worker.start();
          } else if (what === "opened" && !state.has(id)) {
            state.set(id, "open");
            await fresh.plant(`i-${id}`, severityOf(id));
            await fresh.tell(`i-${id}`, "opened");
          } else if (what === "updated" && state.get(id) === "open") await fresh.tell(`i-${id}`, "updated");
          else if (what === "over" && state.get(id) === "open") {
            state.set(id, "over");
            fresh.over(`i-${id}`);
            await fresh.tell(`i-${id}`, "resolved");
          }
        }
        mode = "up";
        await pass(15 * minute);
        fresh.clock.pass(24 * 60 * minute);
        await worker.idle();
        await pass(2 * minute);
        await worker.stop();
        const all = sent.flatMap(({ titles }) => titles);
        const rows = await fresh.rows();
        for (const id of state.keys()) {
          const about = all.filter((title) => title.includes(`Demo i-${id} `));
          const mine = rows.filter(({ incident }) => incident === `i-${id}`);
          const begun = mine.filter(({ kind, state: is }) => kind === "opened" && (is === "sent" || is === "merged"));
          const ends = about.filter((title) => title.startsWith("Resolved"));
          const lost = severityOf(id) === "info" || mine.some(({ state: is }) => is === "dead");
          expect(begun.length).toBeLessThanOrEqual(1);
          expect(ends.length).toBeLessThanOrEqual(begun.length);
          // Only what was refused is lost; an end is the last that is said.
          if (!lost) expect([begun.length, ends.length]).toEqual([1, state.get(id) === "over" ? 1 : 0]);
          if (ends.length === 1) expect(about.at(-1)).toBe(ends[0]);
        }
        expect(rows.filter(({ state: is }) => is === "waiting")).toEqual([]);
        for (const { at } of sent) {
          expect(sent.filter((one) => one.at === at).length).toBeLessThanOrEqual(rate.burst);
          const inMinute = sent.filter((one) => one.at >= at && one.at < at + minute).length;
          expect(inMinute).toBeLessThanOrEqual(rate.burst + rate.perMinute);
        }
        await undo();
      }),
      { numRuns: 12 },
    );
  });
});
