import { type AgentNeeds, createAgent, readSettings } from "../../../edge-agent/index.ts";
import { createPast, createStreetHost, type StreetDevice } from "../host/index.ts";
import { runsBetween } from "../rhythm/power.ts";

/** Points of the past: three minutes apart, so that a fleet's fit into seconds, and the lines of six hours lack nothing. */
export const pastIntervalMs = 180_000;
const wholePastMs = 48 * 3_600_000;
/** A past ends this close to now, at the latest. */
const closeMs = 1_500;

/** Lets the real agent run through the time from `from` to now, as fast as the machine can, on a line that leads nowhere:
 *  what it measured stays in its spool, as after an outage. */
export async function writePast(
  needs: Omit<AgentNeeds, "host" | "settings"> & { device: StreetDevice; now: () => number; from: number },
): Promise<void> {
  const { device, now } = needs;
  let done = needs.from;
  while (now() - done > closeMs) {
    const until = now();
    for (const [begins, ends] of runsBetween(device, done, until))
      await run(needs, begins, ends === until ? now : () => ends);
    done = Math.max(until, now() - closeMs);
  }
}

async function run(needs: Parameters<typeof writePast>[0], from: number, until: () => number): Promise<void> {
  const past = createPast(from);
  const around = { lineUp: () => true, jammed: () => false };
  const host = createStreetHost({ device: needs.device, around, time: past, beyond: null });
  // One write at the end: no power cut can come in between.
  const settings = { ...readSettings({ intervalMs: pastIntervalMs }), flushMs: wholePastMs };
  const agent = createAgent({ ...needs, host, settings });
  await agent.start();
  await past.play(until());
  // What a round still waits for comes when time goes on.
  const stopping = agent.stop();
  let stopped = false;
  const over = stopping.finally(() => {
    stopped = true;
  });
  while (!stopped) await past.play(past.now() + 1);
  await over;
}
