import { describe, expect, it } from "vitest";
import { agentDefaults } from "#wire";
import type { Report } from "../../../edge-agent/apply/decide.ts";
import { createFileDriver, type ManagedFile } from "../../../edge-agent/apply/drivers/files.ts";
import { openApply } from "../../../edge-agent/apply/index.ts";
import type { Programs } from "../../../edge-agent/index.ts";
import { newLog } from "../setup.ts";
import { fakeTime } from "../time.ts";
import { cutDisk } from "./cut-disk.ts";

const dataDir = "/flash";
const settings = { folders: ["/etc/demo/"], check: [], reload: [{ under: "/etc/demo/", run: ["reload-demo"] }] };
const file = (name: string, text: string, mode = 0o644): ManagedFile => ({ path: `/etc/demo/${name}`, mode, text });

/** Revision 1 is there; 2 changes one file, adds one, takes one away, and leaves one alone. */
const first = [file("radio", "channel=1\n"), file("network", "vlan=10\n"), file("old", "gone soon\n", 0o600)];
const second = [file("radio", "channel=6\n", 0o600), file("network", "vlan=10\n"), file("new", "portal=on\n")];
const filesOf = (all: readonly ManagedFile[]) => new Map(all.map(({ path, mode, text }) => [path, { text, mode }]));
const onDevice = (all: ReadonlyMap<string, { text: string; mode: number }>) =>
  new Map([...all].filter(([path]) => path.startsWith("/etc/demo/") && !path.endsWith(".new")).sort());

/** mulberry32: a seed replays. */
function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function opened(
  disk: ReturnType<typeof cutDisk>["disk"],
  programs: Programs = { run: async () => ({ stdout: "", stderr: "" }) },
) {
  const [time, log] = [fakeTime(), newLog()];
  const driver = createFileDriver({ disk, programs, settings, dataDir, log });
  const apply = await openApply({ time, log, disk, driver, dataDir, own: agentDefaults });
  const reports: Report[] = [];
  const did: string[] = [];
  apply.join({
    use: () => did.push("use"),
    redial: () => did.push("redial"),
    report: (one) => reports.push(one),
    drifted: () => {},
  });
  return { apply, time, log, reports, did };
}
type Opened = Awaited<ReturnType<typeof opened>>;
const idle = async ({ time }: Pick<Opened, "time">): Promise<void> => {
  for (let i = 0; i < 60; i++) await time.advance(0);
};
const want = (revision: number, files: ManagedFile[]) =>
  [{ revision, trialMs: 60_000, document: {}, files }, `text of ${revision}`] as const;

/** Revision 1 confirmed, then 2 tried, and confirmed or not. @returns the disk as it is */
async function pushBoth(all: Opened, how: "confirmed" | "unconfirmed"): Promise<void> {
  const { apply, time } = all;
  apply.opened(1);
  apply.desired(...want(1, first));
  await idle(all);
  apply.opened(2);
  apply.confirm({ revision: 1, attempt: 1, session: 2 });
  await idle(all);
  apply.desired(...want(2, second));
  await idle(all);
  apply.opened(3);
  if (how === "confirmed") apply.confirm({ revision: 2, attempt: 1, session: 3 });
  else await time.advance(60_000);
  await idle(all);
  await apply.stop();
}

describe("files of a device, with the power cut at each write", () => {
  it.each(["confirmed", "unconfirmed"] as const)(
    "end as the old or the new revision, and as that which is in force: %s",
    async (how) => {
      const whole = cutDisk(new Map(), null, () => 0);
      const undisturbed = await opened(whole.disk);
      await pushBoth(undisturbed, how);
      expect(onDevice(whole.files())).toEqual(onDevice(filesOf(how === "confirmed" ? second : first)));
      const seen = new Set<number>();
      let cuts = 0;
      for (let cutAt = 1; cutAt <= whole.changes(); cutAt++) {
        for (let seed = 0; seed < 8; seed++, cuts++) {
          const chance = random(cutAt * 1_000 + seed);
          const cut = cutDisk(new Map(), cutAt, chance);
          const before = await opened(cut.disk).catch(() => null);
          if (before) await pushBoth(before, how).catch(() => {});
          // The device starts again, on what the flash kept.
          const again = cutDisk(cut.survivors(), null, chance);
          const { apply } = await opened(again.disk);
          const { revision, state } = apply.summary();
          const inForce =
            state === "applied"
              ? revision
              : JSON.parse((await again.disk.read("/flash/apply.json")) ?? "{}").applied.revision;
          const wanted = inForce === 2 ? second : inForce === 1 ? first : [];
          expect(onDevice(again.files()), `cut at ${cutAt}, seed ${seed}: revision ${inForce}`).toEqual(
            onDevice(filesOf(wanted)),
          );
          expect(await again.disk.read("/flash/snapshot.json")).toBeNull();
          seen.add(inForce);
          await apply.stop();
        }
      }
      expect(cuts).toBeGreaterThanOrEqual(100);
      expect([...seen].sort()).toEqual(how === "confirmed" ? [0, 1, 2] : [0, 1]);
    },
  );

  it("a cut while it goes back is no different", async () => {
    for (let seed = 0; seed < 100; seed++) {
      const chance = random(seed);
      let kept = new Map<string, { text: string; mode: number }>();
      // Two cuts, one after the other, at any change.
      for (let round = 0; round < 2; round++) {
        const cut = cutDisk(kept, 1 + Math.floor(chance() * 60), chance);
        const one = await opened(cut.disk).catch(() => null);
        if (one) await pushBoth(one, chance() < 0.5 ? "confirmed" : "unconfirmed").catch(() => {});
        kept = cut.survivors();
      }
      const again = cutDisk(kept, null, chance);
      const { apply } = await opened(again.disk);
      const text = (await again.disk.read("/flash/apply.json")) ?? '{"applied":{"revision":0}}';
      const { revision } = JSON.parse(text).applied;
      expect(onDevice(again.files()), `seed ${seed}`).toEqual(
        onDevice(filesOf(revision === 2 ? second : revision === 1 ? first : [])),
      );
      await apply.stop();
    }
  });
});

describe("files that will not do", () => {
  it("are refused before anything is touched: where they may not be, or by the device's own tools", async () => {
    const disk = cutDisk(new Map(), null, () => 0);
    const programs: Programs = {
      async run(program, args) {
        const text = await disk.disk.read(args[1] ?? "");
        if (program === "check-demo" && text?.includes("nonsense"))
          throw Object.assign(new Error("exit 1"), { stdout: "", stderr: "line 1: nonsense\n" });
        return { stdout: "", stderr: "" };
      },
    };
    const log = newLog();
    const check = [{ under: "/etc/demo/", run: ["check-demo", "--file", "{}"] }];
    const driver = createFileDriver({ disk: disk.disk, programs, settings: { ...settings, check }, dataDir, log });
    const problemsOf = (...files: ManagedFile[]) => driver.problems(files);
    const paths = ["/etc/passwd", "/etc/demo/../passwd", "etc/demo/x", "/etc/demo/", "/etc/demo//x"];
    for (const path of paths) expect(await problemsOf({ path, mode: 0o644, text: "" })).toHaveLength(1);
    expect(await problemsOf(file("a", ""), file("a", ""))).toEqual([
      { path: "files[1].path", message: "it is there twice" },
    ]);
    expect(await problemsOf(file("a", "nonsense"))).toEqual([
      { path: "/etc/demo/a", message: "check-demo: line 1: nonsense" },
    ]);
    expect(await problemsOf(file("a", "fine"))).toEqual([]);
    expect(disk.files().size).toBe(0);
    const none = createFileDriver({
      disk: disk.disk,
      programs,
      settings: { folders: [], check: [], reload: [] },
      dataDir,
      log,
    });
    expect(await none.problems([file("a", "")])).toEqual([
      { path: "files[0].path", message: "this device takes no files" },
    ]);
  });

  it("are taken back when what is to make them count says no, and the push is rejected", async () => {
    const disk = cutDisk(new Map(), null, () => 0);
    let says = "";
    const programs: Programs = {
      async run() {
        if (says !== "") throw Object.assign(new Error("exit 1"), { stdout: "", stderr: says });
        return { stdout: "", stderr: "" };
      },
    };
    const all = await opened(disk.disk, programs);
    const { apply, reports } = all;
    apply.opened(1);
    apply.desired(...want(1, first));
    await idle(all);
    apply.opened(2);
    apply.confirm({ revision: 1, attempt: 1, session: 2 });
    await idle(all);
    says = "the radio does not start";
    apply.desired(...want(2, second));
    await idle(all);
    expect(reports.at(-1)).toMatchObject({
      ...{ revision: 2, state: "rejected", cause: "check-failed" },
      problems: [{ path: "files", message: "reload-demo: the radio does not start" }],
    });
    expect(onDevice(disk.files())).toEqual(onDevice(filesOf(first)));
    await apply.stop();
  });

  it("changed by hand they are seen, told once, and told again when they are right", async () => {
    const disk = cutDisk(new Map(), null, () => 0);
    const all = await opened(disk.disk);
    const { apply, time, reports } = all;
    apply.opened(1);
    apply.desired(...want(1, first));
    await idle(all);
    apply.opened(2);
    apply.confirm({ revision: 1, attempt: 1, session: 2 });
    await idle(all);
    await time.advance(300_000);
    await idle(all);
    const before = reports.length;
    await disk.disk.write("/etc/demo/radio", "channel=13\n", 0o644);
    for (let i = 0; i < 3; i++) {
      await time.advance(300_000);
      await idle(all);
    }
    expect(reports.slice(before)).toMatchObject([
      { revision: 1, state: "applied", drift: [{ path: "/etc/demo/radio" }] },
    ]);
    await disk.disk.write("/etc/demo/radio", "channel=1\n", 0o644);
    await time.advance(300_000);
    await idle(all);
    expect(reports.slice(before + 1)).toMatchObject([{ drift: [] }]);
    await apply.stop();
  });

  it("changed while it was off they are told with the first report, beside what came of a later revision", async () => {
    const disk = cutDisk(new Map(), null, () => 0);
    const before = await opened(disk.disk);
    before.apply.opened(1);
    before.apply.desired(...want(1, first));
    await idle(before);
    before.apply.opened(2);
    before.apply.confirm({ revision: 1, attempt: 1, session: 2 });
    await idle(before);
    expect(before.reports.at(-1)).toMatchObject({ state: "applied", drift: [] });
    before.apply.desired(...want(2, [{ path: "/elsewhere", mode: 0o644, text: "" }]));
    await idle(before);
    const { state, cause, attempt, problems } = before.reports.at(-1) as Report;
    expect(state).toBe("rejected");
    await before.apply.stop();

    await disk.disk.write("/etc/demo/radio", "channel=13\n", 0o644);
    const { apply, reports, time } = await opened(disk.disk);
    apply.opened(1);
    await idle({ time });
    expect(reports).toEqual([expect.objectContaining({ revision: 2, state, attempt, problems })]);
    expect(reports[0]).toMatchObject({ drift: [{ path: "/etc/demo/radio" }] });
    expect(reports[0]?.cause).toBe(cause);
    await apply.stop();
  });

  it("while they are put back it is still a trial: what a dial says then may be the document's fault", async () => {
    const disk = cutDisk(new Map(), null, () => 0);
    const all = await opened(disk.disk);
    const { apply, time } = all;
    apply.opened(1);
    apply.desired(...want(1, first));
    await idle(all);
    const seen: boolean[] = [];
    const { remove } = disk.disk;
    disk.disk.remove = (path) => {
      seen.push(apply.isTrying());
      return remove(path);
    };
    await time.advance(60_000);
    await idle(all);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every(Boolean)).toBe(true);
    expect(apply.isTrying()).toBe(false);
    await apply.stop();
  });

  it("that can't be put back keep nobody from dialling as before; the next start tries again", async () => {
    const disk = cutDisk(new Map(), null, () => 0);
    const all = await opened(disk.disk);
    const { apply, time, did, log } = all;
    apply.opened(1);
    apply.desired(...want(1, first));
    await idle(all);
    const { write } = disk.disk;
    const broken = async (path: string): Promise<never> => {
      throw new Error(`EIO: ${path}`);
    };
    disk.disk.remove = broken;
    await time.advance(60_000);
    await idle(all);
    expect(did.slice(-2)).toEqual(["use", "redial"]);
    expect(apply.summary()).toMatchObject({ state: "reverted" });
    expect(log.lines.join("\n")).toContain("EIO");
    await apply.stop();
    const again = cutDisk(disk.files(), null, () => 0);
    const next = await opened(again.disk);
    expect(onDevice(again.files()).size).toBe(0);
    await next.apply.stop();
    // And a start on a disk that takes nothing still starts.
    const worse = cutDisk(disk.files(), null, () => 0);
    Object.assign(worse.disk, {
      remove: broken,
      write: (path: string) => (path.endsWith("apply.json.new") ? write(path, "", 0) : broken(path)),
    });
    const anyway = await opened(worse.disk);
    expect(anyway.apply.summary()).toMatchObject({ state: "reverted" });
    await anyway.apply.stop();
  });
});
