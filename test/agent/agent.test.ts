import { describe, expect, it } from "vitest";
import { newAgent, newStandin } from "./setup.ts";

describe("an agent and a broker", () => {
  it.each([
    ["mqtt", { web: false }],
    ["web sockets", { web: true }],
  ])("enrols, gives birth, sends telemetry and signs off over %s", async (_, options) => {
    const standin = await newStandin(options);
    const agent = await newAgent(standin);
    await agent.start();
    await standin.until("two batches", () => standin.telemetry().length >= 2);
    await agent.stop();
    await standin.until("the clean stop", () => standin.of("presence").length === 2);
    expect(standin.enrolments).toHaveLength(1);
    expect(standin.births()[0]).toMatchObject({ online: true, session: 1, clock: "synced", intervalMs: 1000, seq: 1 });
    expect(standin.of("presence")[1]?.message).toMatchObject({ online: false, session: 1, reason: "stopped" });
    const measured = new Set(standin.telemetry().flatMap((t) => t.points.map((p) => p.m)));
    expect([...measured].sort()).toEqual(["agent", "interface", "probe", "system"]);
    expect(agent.log.lines.filter((l) => !l.startsWith("info"))).toEqual([]);
  });
});
