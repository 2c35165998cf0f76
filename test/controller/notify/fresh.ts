import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAuth } from "../../../controller/auth/index.ts";
import { createNotify, type NotifyNeeds } from "../../../controller/notify/index.ts";
import { later } from "../../undo.ts";
import { freshRecords, quiet } from "../records/fresh.ts";

export const boss = { kind: "user", id: "user_boss" };
export const secret = "a secret of sixteen letters";

export interface Got {
  headers: IncomingHttpHeaders;
  text: string;
  kind: string;
}

/** A receiver on loopback that answers what the test wants. */
export async function receiver(answer: (response: ServerResponse, got: Got) => void = (r) => void r.end("ok")) {
  const got: Got[] = [];
  const self = { port: 0, got, answer };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const text = Buffer.concat(parts).toString();
      const one = { headers: request.headers, text, kind: text ? JSON.parse(text).kind : "" };
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
        severity: "major",
        sentence: `Demo ${id} is offline. More.`,
        includes: [],
        told: [],
      }),
      severityWords: { major: "P2" },
      done: (incident) => done.push(incident),
      ...more,
    });
  const notify = open();
  async function plant(id: string): Promise<void> {
    const row = { id, organisation: records.organisation, state: "open", severity: "major", rule: "device_down" };
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
  return {
    ...fresh,
    notify,
    open,
    done,
    audit,
    plant,
    async tell(incident: string, kind: string): Promise<void> {
      await records.db.transaction().execute((t) => notify.enqueue(t, { incident, kind, generation: ++generation }));
    },
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
