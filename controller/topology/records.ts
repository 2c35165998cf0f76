import type { Records } from "../store/records/index.ts";
import type { Hanging } from "./state.ts";

/** What was learnt, for the next start. */
export function createTopologyRecords(db: Records["db"]) {
  return {
    async load(): Promise<Map<string, Hanging>> {
      const rows = await db.selectFrom("learnt_topology").selectAll().execute();
      return new Map(rows.map((row) => [row.device, JSON.parse(row.hanging_json) as Hanging]));
    },
    async save(all: ReadonlyMap<string, Hanging>): Promise<void> {
      await db.transaction().execute(async (trx) => {
        for (const [device, hanging] of all) await put(trx, device, hanging);
      });
    },
    put,
    async forget(device: string): Promise<void> {
      await db.deleteFrom("learnt_topology").where("device", "=", device).execute();
    },
  };
}
export type TopologyRecords = ReturnType<typeof createTopologyRecords>;

async function put(db: Records["db"], device: string, hanging: Hanging): Promise<void> {
  const hanging_json = JSON.stringify(hanging);
  await db
    .insertInto("learnt_topology")
    .values({ device, hanging_json })
    .onConflict((on) => on.column("device").doUpdateSet({ hanging_json }))
    .execute();
}
