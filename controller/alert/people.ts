import type { Kysely } from "kysely";
import type { Clock } from "../base/clock.ts";
import { conflict, invalid, notFound } from "../base/errors.ts";
import type { Serial } from "../base/serial.ts";
import type { Database, Records } from "../store/records/index.ts";
import { givenBack, taken } from "./attention.ts";
import type { Incident } from "./incident.ts";
import { alertBounds } from "./limits.ts";
import { ackRow, loadIncident, writeEvent } from "./records.ts";
import { clockTime } from "./times.ts";

interface By {
  kind: string;
  id: string;
}
export type Person = By & { name: string };
/** What people change of an incident that the decision knows, too. */
export type ByPeople = Pick<Incident, "ack" | "facts">;

/** What people do with incidents: each alone, with its trace, and never in the middle of a turn. */
export function createPeople(needs: {
  clock: Clock;
  records: Records;
  audit: {
    write(db: Kysely<Database>, entry: { actor: By; action: string; subject: By; after?: object }): Promise<void>;
  };
  exclusive: Serial;
  /** It is so from now on; written already. */
  became(id: string, is: ByPeople): void;
  changed(incidents: readonly string[], notices: boolean): void;
}) {
  const { clock, records } = needs;

  const byPerson = (
    id: string,
    action: string,
    actor: By,
    after: object,
    work: (db: Kysely<Database>) => Promise<ByPeople | null>,
  ) =>
    needs.exclusive(async () => {
      const is = await records.db.transaction().execute(async (db) => {
        const there = await db.selectFrom("incident").select("id").where("id", "=", id).executeTakeFirst();
        if (!there) throw notFound("incident", id);
        const made = await work(db);
        await needs.audit.write(db, { actor, action, subject: { kind: "incident", id }, after });
        return made;
      });
      if (is) needs.became(id, is);
      needs.changed([id], false);
    });

  async function open(db: Kysely<Database>, id: string): Promise<Incident> {
    const incident = await loadIncident(db, id);
    if (incident?.state !== "open") throw conflict("over", "this incident is over");
    return incident;
  }

  async function keep(db: Kysely<Database>, incident: Incident): Promise<ByPeople> {
    const { id, ack, facts } = incident;
    const row = { ...ackRow(ack), facts_json: JSON.stringify(facts) };
    await db.updateTable("incident").set(row).where("id", "=", id).execute();
    return { ack, facts };
  }

  return {
    /** "I have it": no repeats and no escalation until then. Who has it already has it longer. */
    async ack(id: string, actor: Person, forMs: number = alertBounds.ackMs): Promise<void> {
      const { ackLeastMs, ackMostMs } = alertBounds;
      if (!(forMs >= ackLeastMs && forMs <= ackMostMs))
        throw invalid(`found ${forMs} ms; allowed: ${ackLeastMs} to ${ackMostMs}`, [
          { path: "forMs", message: `${ackLeastMs} to ${ackMostMs}` },
        ]);
      const now = clock.now();
      const until = now + forMs;
      await byPerson(id, "incident.acknowledged", actor, { by: actor.name, until }, async (db) => {
        const was = await open(db, id);
        if (was.ack !== null && !isTheirs(was.ack, actor)) throw conflict("taken", `${was.ack.by} has it already`);
        const text = `${actor.name}, until ${clockTime(until, now, was.facts.timeZone)}`;
        await writeEvent(db, id, { at: now, kind: "acknowledged", text, actor });
        return await keep(db, taken(was, actor, now, until));
      });
    },
    /** "I don't have it any more." */
    async unack(id: string, actor: Person): Promise<void> {
      await byPerson(id, "incident.given-back", actor, { by: actor.name }, async (db) => {
        const was = await open(db, id);
        if (was.ack === null) throw conflict("not-taken", "nobody has it");
        const text = was.ack.by === actor.name ? actor.name : `${actor.name}, from ${was.ack.by}`;
        await writeEvent(db, id, { at: clock.now(), kind: "given-back", text, actor });
        return await keep(db, givenBack(was));
      });
    },
    /** Whose it is; null: nobody's in particular. */
    async assign(id: string, actor: Person, user: string | null): Promise<void> {
      await byPerson(id, "incident.assigned", actor, { user }, async (db) => {
        await open(db, id);
        const to = user === null ? null : await userOf(db, user);
        const row = { assignee: to?.id ?? null, assignee_name: to?.name ?? null };
        await db.updateTable("incident").set(row).where("id", "=", id).execute();
        await writeEvent(db, id, {
          at: clock.now(),
          kind: "assigned",
          text: `${to?.name ?? "nobody"}, by ${actor.name}`,
          actor,
        });
        return null;
      });
    },
    async note(
      id: string,
      actor: Person,
      said: { text?: string | undefined; reference?: string | undefined },
    ): Promise<void> {
      await byPerson(id, "incident.noted", actor, said, async (db) => {
        const now = clock.now();
        const { text, reference } = said;
        if (reference !== undefined)
          await db
            .updateTable("incident")
            .set({ reference: reference || null })
            .where("id", "=", id)
            .execute();
        const words = [text, reference === undefined ? undefined : `reference: ${reference || "none"}`];
        const all = `${actor.name}: ${words.filter(Boolean).join("; ")}`;
        await writeEvent(db, id, { at: now, kind: "note", text: all, actor });
        return null;
      });
    },
  };
}

/** Of old ones only the name is known. */
const isTheirs = (ack: NonNullable<Incident["ack"]>, actor: Person): boolean =>
  ack.id === null ? ack.by === actor.name : ack.id === actor.id;

async function userOf(db: Kysely<Database>, id: string): Promise<{ id: string; name: string }> {
  const user = await db.selectFrom("user").select(["id", "name", "disabled"]).where("id", "=", id).executeTakeFirst();
  if (!user) throw notFound("user", id);
  if (user.disabled !== 0) throw conflict("disabled", `${user.name} is switched off and cannot sign in`);
  return user;
}
