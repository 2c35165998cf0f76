import { describe, expect, it } from "vitest";
import { suspectAfter } from "../../../controller/ingest/write.ts";
import { until } from "../../system/until.ts";
import { arrival, away, batch, freshIngest } from "./room.ts";

const one = { groupMessages: 1, judgedAtOnce: 1 };

describe("several groups under way", () => {
  it("writes them at once, up to the bound, and what comes beyond waits in the queue", async () => {
    const { store, start, delivered } = await freshIngest({ ...one, groupsAtOnce: 3 });
    store.holding = true;
    const ingest = start();
    for (let seq = 1; seq <= 6; seq++) ingest.receive(arrival(batch(seq)));
    await until(() => store.writing === 3);
    expect(ingest.counts()).toMatchObject({ queuedMessages: 3, forgotten: 0 });
    expect(delivered).toEqual([]);
    store.open();
    await until(() => ingest.counts()["stored"] === 12);
    expect(store.mostWriting).toBe(3);
  });

  it.each([
    ["messages", { groupMessages: 2 }],
    ["points", { groupPoints: 4 }],
    ["bytes", { groupBytes: 250 }],
  ])("ends a group at its bound of %s", async (_what, bound) => {
    const { store, start } = await freshIngest({ judgedAtOnce: 1, groupsAtOnce: 2, ...bound });
    const sizes: number[] = [];
    store.before = (points) => void sizes.push(points.length);
    const ingest = start();
    for (let seq = 1; seq <= 4; seq++) ingest.receive(arrival(batch(seq)));
    await until(() => ingest.counts()["stored"] === 8);
    expect(sizes).toEqual([4, 4]);
  });

  it("forgets the rest of a session that it ended: it would end the next one, too", async () => {
    const { start } = await freshIngest({ judgedAtOnce: 1 });
    const ingest = start();
    for (let n = 0; n < 50; n++) ingest.receive({ ...arrival({}), payload: Buffer.from(`{"n":${n}}`) });
    await until(() => ingest.counts().queuedMessages === 0);
    expect(ingest.counts()).toMatchObject({ unreadable: 1, forgotten: 49 });
  });

  it("writes no more points at once than the store takes", async () => {
    const { store, start } = await freshIngest({ groupPoints: 3 });
    const sizes: number[] = [];
    store.before = (points) => void sizes.push(points.length);
    const ingest = start();
    ingest.receive(arrival(batch(1, 7)));
    await until(() => ingest.counts()["stored"] === 7);
    expect(sizes).toEqual([3, 3, 1]);
  });

  it("counts a batch that is in two of them once as stored and once as duplicate, and both earn their delivered", async () => {
    const { store, start, delivered } = await freshIngest({ ...one, groupsAtOnce: 2 });
    store.holding = true;
    const ingest = start();
    const same = arrival(batch(1));
    ingest.receive(same);
    await until(() => store.writing === 1);
    ingest.receive(same);
    await until(() => store.writing === 2);
    store.open();
    await until(() => ingest.counts()["received"] === 4);
    expect(await ingest.deliveryOf("ap-1")).toMatchObject({ made: 2, stored: 2, duplicates: 2, received: 4 });
    expect(store.points.size).toBe(2);
    await until(() => delivered.length > 0);
  });

  it("tries everything again as soon as the store takes something: what came first does not wait out its pause", async () => {
    const { store, start, delivered } = await freshIngest({
      ...one,
      groupsAtOnce: 2,
      retryBaseMs: 3e6,
      retryMaxMs: 3e6,
    });
    store.before = away;
    const ingest = start();
    ingest.receive(arrival(batch(1), "ap-first"));
    await until(() => ingest.cannotStore() !== null);
    store.before = () => {};
    ingest.receive(arrival(batch(1), "ap-second"));
    await until(() => delivered.length === 2);
    expect(delivered.map(([device]) => device).sort()).toEqual(["ap-first", "ap-second"]);
  });

  it("a slow group doesn't hold the delivered of a quick one behind it", async () => {
    const { store, start, delivered } = await freshIngest({ ...one, groupsAtOnce: 2 });
    store.holding = true;
    const ingest = start();
    ingest.receive(arrival(batch(1), "ap-slow"));
    await until(() => store.writing === 1);
    store.holding = false;
    ingest.receive(arrival(batch(1), "ap-quick"));
    await until(() => delivered.length === 1);
    expect(delivered).toEqual([["ap-quick", 1, 1]]);
    store.open();
    await until(() => delivered.length === 2);
  });

  it("shares one commit between what was written while another was under way", async () => {
    const { store, start, delivery } = await freshIngest({ ...one, groupsAtOnce: 4 });
    const commits: number[] = [];
    let first = () => {};
    const gate = new Promise<void>((done) => (first = done));
    const ingest = start({
      async commit(commit) {
        commits.push(commit.ledgers.length);
        if (commits.length === 1) await gate;
        await delivery.commit(commit);
      },
    });
    ingest.receive(arrival(batch(1), "ap-0"));
    await until(() => commits.length === 1);
    for (const device of ["ap-1", "ap-2", "ap-3"]) ingest.receive(arrival(batch(1), device));
    await until(() => store.points.size === 8);
    first();
    await until(() => ingest.counts()["stored"] === 8);
    expect(commits).toEqual([1, 3]);
  });

  it("stopping commits what is written and says so; what is not, is nobody's word", async () => {
    const { store, start, delivered } = await freshIngest({ ...one, groupsAtOnce: 2 });
    store.holding = true;
    const ingest = start();
    ingest.receive(arrival(batch(1), "ap-1"));
    ingest.receive(arrival(batch(1), "ap-2"));
    await until(() => store.writing === 2);
    const stopped = ingest.stop();
    store.before = (points) => void (points[0]?.device === "ap-2" && away());
    store.open();
    await stopped;
    expect(delivered).toEqual([["ap-1", 1, 1]]);
    const again = start();
    expect(await again.deliveryOf("ap-2")).toMatchObject({ stored: 0, made: 0 });
    expect(await again.deliveryOf("ap-1")).toMatchObject({ stored: 2 });
  });
});

describe("a process that ends at any step", () => {
  const steps = ["before the store has it", "between store and ledger", "between ledger and delivered"] as const;
  it.each(steps)("%s: the device sends it again, and it is stored once", async (step) => {
    const { store, start, delivered, delivery } = await freshIngest();
    if (step === "before the store has it") store.before = away;
    let reached = false;
    const dying = start({
      async commit(commit) {
        if (step === "between ledger and delivered") await delivery.commit(commit);
        reached = true;
        throw new Error("the disk is gone");
      },
    });
    dying.receive(arrival(batch(1)));
    await until(() => reached || dying.counts().retries > 1);
    await dying.stop();
    expect(delivered).toEqual([]);
    store.before = () => {};
    const next = start();
    next.receive(arrival(batch(1)));
    await until(() => delivered.length === 1);
    const told = await next.deliveryOf("ap-1");
    expect(told).toMatchObject({ made: 2, stored: 2, missing: 0 });
    expect(told.duplicates).toBe(step === "between ledger and delivered" ? 2 : 0);
    expect(told.received).toBe(told.stored + told.duplicates + told.quarantined);
  });
});

describe("what a store fails at again and again", () => {
  const poison = (fail: () => never) => (points: readonly { device: string; fields: Record<string, unknown> }[]) => {
    if (points.some((p) => p.device === "ap-bad" && p.fields["load1"] === 1)) fail();
  };
  const broken = (): never => {
    throw new RangeError("a bug for this point alone");
  };

  it.each([
    ["a store that says it is away", away],
    ["a fault", broken],
  ] as const)("is refused alone (%s); its neighbours and everybody else are stored", async (_name, fail) => {
    const { store, start, delivered, delivery } = await freshIngest();
    store.before = poison(fail);
    const ingest = start();
    ingest.receive(arrival(batch(1, 3), "ap-bad"));
    ingest.receive(arrival(batch(1, 3), "ap-good"));
    await until(() => delivered.length === 2);
    expect(await ingest.deliveryOf("ap-bad")).toMatchObject({ made: 3, stored: 2, quarantined: 1, missing: 0 });
    expect(await ingest.deliveryOf("ap-good")).toMatchObject({ stored: 3, quarantined: 0 });
    expect(await delivery.quarantined("ap-bad", 9)).toMatchObject([
      { why: "store", problem: expect.stringContaining("the store cannot take it") },
    ]);
    expect(ingest.refusals().get("store")).toBe(1);
    expect(ingest.cannotStore()).toBeNull();
  });

  it("nobody is suspected while nothing gets through", async () => {
    const { store, start, delivered } = await freshIngest();
    store.before = away;
    const ingest = start();
    ingest.receive(arrival(batch(1, 3)));
    await until(() => ingest.counts().retries > 4 * suspectAfter);
    expect(ingest.cannotStore()).not.toBeNull();
    store.before = () => {};
    await until(() => delivered.length === 1);
    expect(await ingest.deliveryOf("ap-1")).toMatchObject({ stored: 3, quarantined: 0 });
  });
});
