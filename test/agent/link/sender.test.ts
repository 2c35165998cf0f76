import { describe, expect, it } from "vitest";
import { createSender, retryAsideMs } from "../../../edge-agent/link/sender.ts";
import type { Session } from "../../../edge-agent/link/session.ts";
import type { SpoolSettings } from "../../../edge-agent/link/spool/index.ts";
import { until } from "../../system/until.ts";
import { newFolder, newLog } from "../setup.ts";
import { newSpool } from "./spools.ts";

const mega = 1024 * 1024;

/** A sender over a real spool, and what each of its sessions was given. */
async function newSender(settings: Partial<SpoolSettings> = {}) {
  const spool = await newSpool(await newFolder(), { settings });
  const { time } = spool;
  const aside: number[] = [];
  let reading = 0;
  const text: typeof spool.text = (entry) => {
    reading++;
    return spool.text(entry).finally(() => {
      reading--;
    });
  };
  const sender = createSender({
    host: { time, random: () => 0.5 },
    log: newLog(),
    spool: { ...spool, text },
    backlogBytesPerSecond: () => 128 * 1024,
    left: () => {},
    setAside: (entry) => aside.push(entry.seq),
  });
  return {
    spool,
    sender,
    time,
    aside,
    /** What is read from flash takes its own time; then nothing is on its way to the session. */
    async idle(): Promise<void> {
      do await new Promise((done) => setImmediate(done));
      while (reading > 0);
    },
    make: (bytes?: number) => {
      const { boot, seq } = spool.make(bytes);
      const entry = spool.entry(boot, seq);
      if (entry) sender.made(entry);
    },
    deliver: (seq: number) => sender.gone(spool.delivered(spool.boot, seq, seq)),
    open(published: (seq: number) => void = () => {}): number[] {
      const seqs: number[] = [];
      const publish: Session["publish"] = (_, text) => {
        seqs.push(Number(text.split("/")[1]));
        published(seqs.at(-1) ?? 0);
      };
      sender.opened({ publish, closed: new Promise(() => {}), leave: async () => {}, end: () => {}, drop: () => {} });
      return seqs;
    },
  };
}

describe("the sender", () => {
  it("sends again in the same session what is not delivered in 30 s, then 60 s, then 2 min", async () => {
    const { make, open, time, deliver } = await newSender();
    const sent = open();
    make();
    const steps = [
      [29_999, 1],
      [1, 2],
      [59_999, 2],
      [1, 3],
      [119_999, 3],
      [1, 4],
      [119_999, 4],
      [1, 5],
    ] as const;
    for (const [ms, expected] of steps) {
      await time.advance(ms);
      // What is sent again is read from flash, which takes its own time.
      await until(() => sent.length >= expected);
      expect(sent).toHaveLength(expected);
    }
    deliver(1);
    await time.advance(1_000_000);
    expect(sent).toHaveLength(5);
  });

  it("begins a connection with what was ever sent, then goes on with the backlog, oldest first", async () => {
    const { make, open, time, sender, deliver } = await newSender();
    const first = open();
    for (let i = 0; i < 3; i++) make();
    await time.advance(0);
    expect(first).toEqual([1, 2, 3]);
    sender.closed(false);
    deliver(2);
    for (let i = 0; i < 2; i++) make();
    const second = open();
    await time.advance(0);
    expect(second).toEqual([1, 3, 4, 5]);
  });

  it("keeps 64 new batches apart from the backlog, not more", async () => {
    const { make, open, time, deliver } = await newSender();
    const sent = open();
    // The first fills the window, so that the others wait.
    make(64 * 1024);
    await time.advance(0);
    for (let i = 0; i < 70; i++) make(60);
    deliver(1);
    await time.advance(0);
    expect(sent.slice(0, 3)).toEqual([1, 8, 9]);
    expect([...sent].sort((a, b) => a - b)).toEqual(Array.from({ length: 71 }, (_, i) => i + 1));
  });

  it("tries what was set aside once a day, without a new connection too", async () => {
    const { make, open, time, sender, aside, spool } = await newSender();
    make();
    for (let i = 0; i < 5; i++) {
      const sent = open();
      await time.advance(0);
      expect(sent).toEqual([1]);
      sender.closed(true);
    }
    expect(aside).toEqual([1]);
    const sent = open();
    make();
    await time.advance(0);
    expect(sent).toEqual([2]);
    sender.gone(spool.delivered(spool.boot, 2, 2));
    await time.advance(retryAsideMs);
    make();
    await time.advance(0);
    expect(sent.filter((seq) => seq === 1)).toHaveLength(1);
    sender.closed(true);
    expect(aside).toEqual([1]);
  });

  it("sends what is new at once while it works off a long outage at 128 KiB/s, oldest first", async () => {
    const { make, open, time, deliver, spool, idle } = await newSender({ maxBytes: 64 * mega });
    const kept = 1_500;
    for (let i = 0; i < kept; i++) make(1_200);
    await spool.flush();
    // A controller that is 40 ms away.
    const sentAt = new Map<number, number>();
    const sent = open((seq) => {
      sentAt.set(seq, time.monotonic());
      time.after(40, () => deliver(seq));
    });
    const began = time.monotonic();
    const madeAt = new Map<number, number>();
    for (let step = 0; spool.batches() > 0 || step < 10; step++) {
      if (step % 200 === 0) {
        madeAt.set(kept + madeAt.size + 1, time.monotonic());
        make(1_200);
      }
      await idle();
      await time.advance(5);
    }
    const backlog = sent.filter((seq) => seq <= kept);
    expect(backlog).toEqual(Array.from({ length: kept }, (_, i) => i + 1));
    for (const [seq, at] of madeAt) expect((sentAt.get(seq) ?? Infinity) - at).toBeLessThanOrEqual(40);
    const seconds = (time.monotonic() - began) / 1000;
    expect(seconds).toBeGreaterThan((kept * 1_200 - 33_000) / (128 * 1024));
    expect(seconds).toBeLessThan(2 * ((kept * 1_200) / (128 * 1024)));
  });

  it("sends what is made after the time was learnt once, while what was made before waits for flash", async () => {
    const { make, open, time, spool, sender } = await newSender();
    const sent = open();
    const { boot, seq } = spool.make(100, { clock: "unknown" });
    const waiting = spool.entry(boot, seq);
    if (waiting) sender.made(waiting);
    make();
    make();
    await time.advance(0);
    expect(sent).toEqual([2, 3]);
  });
});
