import type { Kysely } from "kysely";
import type { Clock } from "../base/clock.ts";
import { conflict, notFound } from "../base/errors.ts";
import { randomId } from "../base/ids.ts";
import type { Database, Records } from "../store/records/index.ts";
import { type Role, roleOf } from "./actor.ts";
import type { Audit } from "./audit.ts";
import { authLimits } from "./limits.ts";
import type { Passwords } from "./passwords.ts";
import type { Sessions } from "./sessions.ts";

export interface User {
  id: string;
  name: string;
  role: Role;
  disabled: boolean;
  /** Without one a user signs in by link only. */
  hasPassword: boolean;
  createdAt: number;
  updatedAt: number;
}

export interface UserChange {
  role?: Role | undefined;
  password?: string | undefined;
  disabled?: boolean | undefined;
}

type By = { kind: string; id: string };

export interface Users {
  list(): Promise<User[]>;
  get(id: string): Promise<User>;
  create(by: By, wish: { name: string; role: Role; password?: string | undefined }): Promise<User>;
  /** A new password or being disabled ends the user's sessions. Refused ("last-admin") when no admin would be left. */
  change(by: By, id: string, change: UserChange): Promise<User>;
  remove(by: By, id: string): Promise<void>;
  count(): Promise<number>;
}

export function createUsers(needs: {
  records: Records;
  clock: Clock;
  audit: Audit;
  passwords: Passwords;
  sessions: Sessions;
}): Users {
  const { db, organisation } = needs.records;
  const { clock, audit, passwords, sessions } = needs;
  const count = async (from: Kysely<Database>) => {
    const row = await from
      .selectFrom("user")
      .select((e) => e.fn.countAll<number>().as("n"))
      .executeTakeFirstOrThrow();
    return row.n;
  };

  async function rowOf(from: Kysely<Database>, id: string): Promise<UserRow> {
    const row = await from.selectFrom("user").selectAll().where("id", "=", id).executeTakeFirst();
    if (!row) throw notFound("user", id);
    return row;
  }

  async function keepAnAdmin(from: Kysely<Database>, but: string): Promise<void> {
    const query = from.selectFrom("user").select("id").where("role", "=", "admin").where("disabled", "=", 0);
    if (!(await query.where("id", "!=", but).executeTakeFirst()))
      throw conflict("last-admin", "this is the last user who may administer; make another first");
  }

  return {
    list: async () => (await db.selectFrom("user").selectAll().orderBy("name").execute()).map(view),
    get: async (id) => view(await rowOf(db, id)),
    count: () => count(db),
    async create(by, wish) {
      const now = clock.now();
      const row: UserRow = {
        id: randomId("user"),
        organisation,
        name: wish.name,
        role: wish.role,
        password_hash: wish.password === undefined ? null : await passwords.hash(wish.password),
        disabled: 0,
        created_at: now,
        updated_at: now,
      };
      await db.transaction().execute(async (t) => {
        if ((await count(t)) >= authLimits.users)
          throw conflict("limit", `there are ${authLimits.users} users already`);
        const taken = await t.selectFrom("user").select("id").where("name", "=", wish.name).executeTakeFirst();
        if (taken) throw conflict("name-taken", `there is a user "${wish.name}" already`);
        await t.insertInto("user").values(row).execute();
        const subject = { kind: "user", id: row.id };
        await audit.write(t, { actor: by, action: "user.created", subject, after: view(row) });
      });
      return view(row);
    },
    async change(by, id, change) {
      const password_hash = change.password === undefined ? undefined : await passwords.hash(change.password);
      const after = await db.transaction().execute(async (t) => {
        const before = await rowOf(t, id);
        const next: UserRow = {
          ...before,
          role: change.role ?? before.role,
          disabled: change.disabled === undefined ? before.disabled : Number(change.disabled),
          password_hash: password_hash ?? before.password_hash,
          updated_at: clock.now(),
        };
        if (next.role !== "admin" || next.disabled) await keepAnAdmin(t, id);
        await t.updateTable("user").set(next).where("id", "=", id).execute();
        const entry = { actor: by, action: "user.changed", subject: { kind: "user", id }, before: view(before) };
        await audit.write(t, { ...entry, after: { ...view(next), passwordChanged: password_hash !== undefined } });
        return next;
      });
      if (password_hash !== undefined || after.disabled) await sessions.endAll(id);
      return view(after);
    },
    async remove(by, id) {
      await db.transaction().execute(async (t) => {
        const before = await rowOf(t, id);
        await keepAnAdmin(t, id);
        await t.deleteFrom("user").where("id", "=", id).execute();
        const subject = { kind: "user", id };
        await audit.write(t, { actor: by, action: "user.removed", subject, before: view(before) });
      });
    },
  };
}

type UserRow = Database["user"];

const view = (row: UserRow): User => ({
  id: row.id,
  name: row.name,
  role: roleOf(row.role),
  disabled: row.disabled === 1,
  hasPassword: row.password_hash !== null,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
