import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAuth } from "../../../controller/auth/index.ts";
import type { Delivery } from "../../../controller/notify/delivery.ts";
import { type ChannelKindName, createNotify, type NotifyNeeds } from "../../../controller/notify/index.ts";
import { later } from "../../undo.ts";
import { freshRecords, quiet } from "../records/fresh.ts";

export const boss = { kind: "user", id: "user_boss" };
export const secret = "a secret of sixteen letters";

export interface Got {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  text: string;
  /** As JSON; null: it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever came
  body: any;
  kind: string;
}

function jsonOf(text: string): Got["body"] {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A receiver on loopback that answers what the test wants. */
export async function receiver(answer: (response: ServerResponse, got: Got) => void = (r) => void r.end("ok")) {
  const got: Got[] = [];
  const self = { port: 0, got, answer };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const bytes = Buffer.concat(parts);
      const text = bytes.toString();
      const { headers, method = "", url = "" } = request;
      const body = jsonOf(text);
      const one = { method, url, headers, bytes, text, body, kind: body?.kind ?? "" };
      got.push(one);
      self.answer(response, one);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  later(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  self.port = (server.address() as AddressInfo).port;
  return self;
}

/** The room on real records and a clock in hand; incidents are rows that the test plants. */
export async function freshNotify(more: Partial<NotifyNeeds> = {}) {
  const fresh = await freshRecords();
  later(fresh.end);
  const { records, clock, folder } = fresh;
  const { audit } = createAuth({ records, clock, log: quiet });
  const done: string[] = [];
  const planted = new Map<string, { severity: string; since: number; resolvedAt: number | null }>();
  const open = () =>
    createNotify({
      clock,
      log: quiet,
      records,
      audit,
      keyFolder: join(folder, "keys"),
      allow: ["127.0.0.0/8"],
      url: () => "http://lamps.example",
      incident: async (id) => ({
        id,
        sentence: `Demo ${id} is offline. More.`,
        includes: [],
        told: [],
        ...(planted.get(id) ?? { severity: "major" }),
      }),
      severityWords: { critical: "P1", major: "P2", warning: "P3", info: "P4" },
      done: (incident) => done.push(incident),
      ...more,
    });
  const notify = open();
  async function plant(id: string, severity = "major"): Promise<void> {
    const row = { id, organisation: records.organisation, state: "open", severity, rule: "device_down" };
    planted.set(id, { severity, since: clock.now(), resolvedAt: null });
    const rest = {
      root_type: "device",
      root_id: id,
      facts_json: "{}",
      since: 0,
      opened_at: 0,
      generation: 1,
      told_members: 0,
    };
    await records.db
      .insertInto("incident")
      .values({ ...row, ...rest, includes_json: "[]" } as never)
      .execute();
  }
  let generation = 0;
  async function tell(incident: string, kind: string, channels?: string[]): Promise<void> {
    const notice = { incident, kind, generation: ++generation, channels };
    await records.db.transaction().execute((t) => notify.enqueue(t, notice));
  }
  return {
    ...fresh,
    notify,
    open,
    done,
    audit,
    plant,
    planted,
    /** Starts the worker, and ends it with the test. */
    run(): void {
      notify.start();
      later(() => notify.stop());
    },
    /** Time passes in steps, and what is due in each is done. */
    async pass(ms: number, stepMs = ms): Promise<void> {
      for (let gone = 0; gone < ms; gone += stepMs) {
        clock.pass(Math.min(stepMs, ms - gone));
        await notify.idle();
      }
    },
    tell,
    /** And whatever can be sent at once is sent. */
    async tellNow(incident: string, kind: string, channels?: string[]): Promise<void> {
      await tell(incident, kind, channels);
      notify.wake();
      await notify.idle();
    },
    /** It is over since now. */
    over(id: string): void {
      const was = planted.get(id);
      if (was) planted.set(id, { ...was, resolvedAt: clock.now() });
    },
    add: async (kind: ChannelKindName, name: string, settings: object, delivery: Partial<Delivery> = {}) =>
      (await notify.channels.create(boss, { kind, name, settings: { ...settings }, delivery })).channel,
    health: async (id: string) => (await notify.healthOf([id])).get(id),
    webhook: async (port: number, name = "Demo hook") =>
      (
        await notify.channels.create(boss, {
          kind: "webhook",
          name,
          settings: { url: `http://127.0.0.1:${port}/duty`, secret },
        })
      ).channel,
    rows: () => records.db.selectFrom("outbox").selectAll().orderBy("id").execute(),
  };
}
