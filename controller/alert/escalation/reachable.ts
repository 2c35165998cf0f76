import type { Kysely } from "kysely";
import type { Database } from "../../store/records/index.ts";

/** Whom a step can be told. Where nobody of it is left, everybody hears it: a policy that was forgotten must not keep an
 *  outage to itself. */
export async function reachable(
  db: Kysely<Database>,
  channels: readonly string[],
): Promise<readonly string[] | undefined> {
  const there = await db
    .selectFrom("channel")
    .select("id")
    .where("removed_at", "is", null)
    .where("id", "in", [...channels, ""])
    .execute();
  return there.length > 0 ? there.map(({ id }) => id) : undefined;
}
