import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openIdentity } from "../../edge-agent/trust/index.ts";
import { newAgent, newStandin } from "./setup.ts";

/** An agent that has measured as one device, and could deliver nothing of it. */
async function measured() {
  const standin = await newStandin({ deliver: false });
  const agent = await newAgent(standin);
  await agent.start();
  await standin.until("a batch", () => standin.telemetry().length > 0);
  return { standin, agent, boot: agent.boot() };
}

describe("an agent that is enrolled as another device", () => {
  it("begins with an empty spool and a new boot, and says how much it dropped", async () => {
    const { standin, agent, boot } = await measured();
    standin.state.device = "demo-other";
    standin.state.password = "another";
    standin.state.deliver = true;
    standin.hangUp();
    await standin.until("the event", () => standin.of("event").some((e) => e.message.kind === "spool-emptied"));
    const event = standin.of("event").find((e) => e.message.kind === "spool-emptied")?.message;
    expect(event.detail.batches).toBeGreaterThan(0);
    expect(event.detail.points).toBeGreaterThan(0);
    expect(agent.boot()).not.toBe(boot);
    expect(event.boot).toBe(agent.boot());
    expect(standin.births().at(-1)).toMatchObject({ boot: agent.boot(), session: 1, unfinished: [] });
    const sent = standin.telemetry().length;
    await standin.until("batches under the new name", () => standin.telemetry().length > sent);
    expect(standin.telemetry().at(-1)?.boot).toBe(agent.boot());
    expect(agent.log.lines.some((line) => line.includes("what was kept as demo-device"))).toBe(true);
    await agent.stop();
    expect((await openIdentity(agent.dataDir)).get()).toMatchObject({
      enrolled: { device: "demo-other" },
      spoolOf: "demo-other",
    });
  });

  it("does so also when the power was cut after the answer", async () => {
    const { standin, agent, boot } = await measured();
    await agent.halt();
    const identity = await openIdentity(agent.dataDir);
    const { enrolled } = identity.get();
    if (enrolled) await identity.change({ enrolled: { ...enrolled, device: "demo-other" } });
    standin.state.device = "demo-other";
    const next = await newAgent(standin, { dataDir: agent.dataDir });
    await next.start();
    await standin.until("a birth", () => standin.births().some((b) => b.boot === next.boot()));
    expect(standin.births().at(-1)?.unfinished).toEqual([]);
    expect(next.boot()).not.toBe(boot);
    await next.stop();
  });

  it("keeps what it measured before its first enrolment, and after a new password for the same name", async () => {
    const { standin, agent } = await measured();
    standin.state.password = "another";
    const births = standin.births().length;
    standin.hangUp();
    await standin.until("another birth", () => standin.births().length > births);
    expect(standin.births().at(-1)?.boot).toBe(agent.boot());
    expect(standin.births().at(-1)?.spool.batches).toBeGreaterThan(0);
    expect(await readdir(join(agent.dataDir, "spool"))).toContain("journal");
    await agent.stop();
  });
});
