import { randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, it } from "vitest";
import { createCleanup, temporary } from "../harness.ts";
import { buildAgent } from "./build.ts";
import { judge, problemsOf, spoil } from "./oracle.ts";
import { planOf } from "./plan.ts";
import { createWorld } from "./world.ts";

// Seeded: what fails names the command that replays it. `npm run soak -- --rounds 200` is the same for longer.
const given = (name: string, otherwise: number): number => Number(process.env[`FAULT_${name}`] || otherwise);
const rounds = given("ROUNDS", 20);
const worlds = Math.min(rounds, given("WORLDS", 4));
const seed = given("SEED", randomInt(2 ** 31));
const agents = 2;
const roundMs = 180_000;

describe.concurrent(`whatever fails, every reading is stored once or listed (seed ${seed})`, () => {
  const cleanup = createCleanup();
  let program = "";
  beforeAll(async () => {
    program = await buildAgent(temporary(cleanup, "faults"));
  });
  afterAll(cleanup.run);

  for (let world = 0; world < worlds; world++) {
    const own = seed + world;
    const many = Math.ceil((rounds - world) / worlds);
    it(`${many} rounds from seed ${own}`, { timeout: 60_000 + many * roundMs }, async ({ expect }) => {
      const here = createCleanup();
      cleanup.add(here.run);
      const real = await createWorld(here, { program, agents });
      for (const [number, round] of planOf(own, many, agents).entries()) {
        const again = `npm run soak -- --seed ${own} --rounds ${number + 1} --worlds 1`;
        const about = `round ${number + 1} of ${many}, seed ${own}: ${JSON.stringify(round.faults)}; again: ${again}`;
        if (process.env["FAULT_TELL"]) process.stderr.write(`${new Date().toISOString()} ${about}\n`);
        await real.run(round).catch((error: unknown) => {
          const logs = real.devices.map(({ lives }) => lives.at(-1)?.log.slice(-20).join("\n")).join("\n--\n");
          throw new Error(`${about}\n${error}\n${logs}`);
        });
        for (const index of real.ids.keys()) expect(await judge(real, index), about).toEqual([]);
      }
      // And would it have been seen? Of a life that nothing happened to.
      const again = { at: 0, kind: "stop-agent", agent: 0, backMs: 0 } as const;
      await real.run({ faults: [again, { at: 2_000, kind: "clock-jump", agent: 1, byMs: 0 }] });
      // On a busy machine a life may have ended before it began to measure.
      while ((real.devices[0]?.lives.at(-1)?.readings.size ?? 0) < 2) await real.run({ faults: [] });
      expect(await judge(real, 0)).toEqual([]);
      await spoil(real);
      expect(await problemsOf(real, 0)).toEqual([
        expect.stringMatching(/^stored twice: \d+$/),
        expect.stringContaining("not stored"),
      ]);
      await here.run();
    });
  }
});
