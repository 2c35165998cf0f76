import { createAlerts } from "../../../controller/alert/index.ts";
import { createAuth } from "../../../controller/auth/index.ts";
import { createNotify } from "../../../controller/notify/index.ts";
import { later } from "../../undo.ts";
import { freshRecords, quiet } from "../records/fresh.ts";

type Needs = Parameters<typeof createAlerts>[0];
type Seen = NonNullable<ReturnType<Needs["device"]>>;

export const jo = { kind: "user", id: "user_jo", name: "jo" };

/** The room on real records and a clock in hand, with devices and sites that the test moves. */
export async function freshAlerts() {
  const fresh = await freshRecords();
  later(fresh.end);
  const { records, clock, folder } = fresh;
  const { audit } = createAuth({ records, clock, log: quiet });
  const devices = new Map<string, Seen>();
  const sites: ReturnType<Needs["sites"]>[number][] = [];
  const blind: (number | null)[] = [];
  const changed: string[] = [];
  const self = { ...fresh, audit, devices, sites, blind, changed, away: null as ReturnType<Needs["cannotStore"]> };
  const notify = createNotify({
    clock,
    log: quiet,
    records,
    audit,
    keyFolder: `${folder}/keys`,
    allow: [],
    url: () => "",
    incident: async () => null,
    severityWords: {},
    done: () => {},
  });
  const open = (over: Partial<Needs> = {}) =>
    createAlerts({
      clock,
      log: quiet,
      records,
      audit,
      devices: () => devices.values(),
      device: (id) => devices.get(id),
      sites: () => sites,
      cannotStore: () => self.away,
      doors: () => null,
      blind: (since) => blind.push(since),
      enqueue: notify.enqueue,
      toldOf: notify.toldOf,
      changed: (ids) => changed.push(...ids),
      ...over,
    });
  return {
    ...self,
    notify,
    open,
    site(id: string, many: number): string[] {
      sites.push({ id, name: `Site ${id}`, timeZone: "Europe/London", open: true });
      const ids = Array.from({ length: many }, (_, i) => `${id}-${i}`);
      for (const one of ids)
        devices.set(one, {
          id: one,
          name: `Demo ${one}`,
          site: id,
          state: "online",
          since: clock.now(),
          lastSeenAt: clock.now(),
          stopped: false,
          boot: "boot-a",
          intervalMs: 10_000,
          parents: [],
        });
      return ids;
    },
    set(ids: readonly string[], state: Seen["state"]): void {
      for (const id of ids) {
        const was = devices.get(id);
        const heard = state === "online" ? { lastSeenAt: clock.now() } : {};
        if (was) devices.set(id, { ...was, state, since: clock.now(), ...heard });
      }
    },
    addChannel: () =>
      notify.channels.create(jo, { kind: "webhook", name: "Demo", settings: { url: "https://hook.example/" } }),
    outbox: async () =>
      (await records.db.selectFrom("outbox").selectAll().orderBy("id").execute()).map(({ kind }) => kind),
  };
}
