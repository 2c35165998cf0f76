import { expect, it } from "vitest";
import { until } from "../../system/until.ts";
import { arrival, away, batch, freshIngest } from "./room.ts";

it("after the store was away, what every device measured just now is stored before what is old", async () => {
  const { start, store, delivered } = await freshIngest({ groupMessages: 64, groupsAtOnce: 1 });
  store.before = away;
  const ingest = start();
  const hour = 3_600_000;
  const devices = Array.from({ length: 8 }, (_, i) => `ap-${i}`);
  const old = (seq: number) => {
    const message = batch(seq, 1);
    return { ...message, at: message.at - hour, points: message.points.map((one) => ({ ...one, at: one.at - hour })) };
  };
  // The first group is held by the store; behind it waits backlog, and what is measured meanwhile comes last.
  ingest.receive(arrival(old(1), "first"));
  await until(() => store.writes > 0);
  for (const device of devices) for (let seq = 1; seq <= 30; seq++) ingest.receive(arrival(old(seq), device));
  for (const device of devices) for (let seq = 31; seq <= 34; seq++) ingest.receive(arrival(batch(seq, 1), device));
  const order: { device: string; old: boolean }[] = [];
  store.before = (points) => {
    for (const { device, at } of points) order.push({ device, old: at < Date.now() - hour / 2 });
  };
  const all = devices.length * 34 + 1;
  await until(() => delivered.reduce((n, [, from, to]) => n + to - from + 1, 0) === all);
  const behind = order.filter(({ device }) => device !== "first");
  const lastLive = behind.findLastIndex((point) => !point.old);
  // All that is live is in the first group, but for the share that is the backlog's.
  expect(behind.slice(0, lastLive + 1).filter((point) => point.old).length).toBeLessThanOrEqual(16);
  expect(new Set(behind.slice(0, 64).map(({ device }) => device)).size).toBe(devices.length);
  expect(behind.filter((point) => !point.old)).toHaveLength(devices.length * 4);
});
