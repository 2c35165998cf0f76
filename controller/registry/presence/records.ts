import type { Records } from "../../store/records/index.ts";
import type { PresenceState } from "./decide.ts";

export interface PresenceRecords {
  load(): Promise<Map<string, PresenceState>>;
  save(states: ReadonlyMap<string, PresenceState>): Promise<void>;
  forget(device: string): Promise<void>;
}

/** Who was there, for the next start. */
export function createPresenceRecords(db: Records["db"]): PresenceRecords {
  return {
    async load() {
      const rows = await db.selectFrom("presence").selectAll().execute();
      return new Map(rows.map((row) => [row.device, JSON.parse(row.state) as PresenceState]));
    },
    async forget(device) {
      await db.deleteFrom("presence").where("device", "=", device).execute();
    },
    async save(states) {
      await db.transaction().execute(async (trx) => {
        for (const [device, presence] of states) {
          const state = JSON.stringify(presence);
          await trx
            .insertInto("presence")
            .values({ device, state })
            .onConflict((on) => on.column("device").doUpdateSet({ state }))
            .execute();
        }
      });
    },
  };
}
