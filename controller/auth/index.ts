/** People: users, sessions, tokens, roles, audit (DESIGN §10). */
import type { Clock } from "../base/clock.ts";
import { notFound, unauthenticated } from "../base/errors.ts";
import { randomSecret } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Records } from "../store/records/index.ts";
import type { Actor } from "./actor.ts";
import { type Answers, createAnswers } from "./answers.ts";
import { type Audit, createAudit } from "./audit.ts";
import { createGate } from "./gate.ts";
import type { SignInLimits } from "./limits.ts";
import { createLinks } from "./links.ts";
import { createPasswords, type HashCost } from "./passwords.ts";
import { createSessions, type Opened } from "./sessions.ts";
import { createTokens, type Tokens } from "./tokens.ts";
import { createUsers, type Users } from "./users.ts";

export { type Actor, mayAct, type Role, roles } from "./actor.ts";
export type { Audit, AuditEntry, AuditRow } from "./audit.ts";
export { authLimits, signInLimits } from "./limits.ts";
export type { ApiToken } from "./tokens.ts";
export type { User } from "./users.ts";

export interface Auth {
  users: Users;
  tokens: Tokens;
  audit: Audit;
  answers: Answers;
  /** Makes the user "admin" when there is no user at all.
   *  @returns the password that was generated, to print once; null when none was */
  ensureAdmin(password?: string): Promise<string | null>;
  /** Throws "bad-credentials" without saying which part was wrong, or "too-many". @param address of the caller */
  signIn(who: { username: string; password: string; address: string }): Promise<Opened & { actor: Actor }>;
  signInByLink(who: { link: string; address: string }): Promise<Opened & { actor: Actor }>;
  signOut(secret: string): Promise<void>;
  /** A one-time link's secret for a user by name; 15 minutes. */
  makeLink(username: string): Promise<{ secret: string; expiresAt: number }>;
  /** Who holds this session or bearer token, or null. */
  session(secret: string): Promise<Actor | null>;
}

export function createAuth(needs: {
  records: Records;
  clock: Clock;
  log: Log;
  cost?: HashCost;
  signInLimits?: SignInLimits;
}): Auth {
  const { records, clock, log } = needs;
  const audit = createAudit({ records, clock });
  const passwords = createPasswords(needs.cost);
  const sessions = createSessions({ records, clock });
  const links = createLinks({ records, clock });
  const tokens = createTokens({ records, clock, audit });
  const users = createUsers({ records, clock, audit, passwords, sessions });
  const gate = createGate(needs.signInLimits);

  const userByName = (name: string) =>
    records.db.selectFrom("user").selectAll().where("name", "=", name).executeTakeFirst();

  async function opened(user: string, how: string, address: string): Promise<Opened & { actor: Actor }> {
    const session = await sessions.open(user);
    const actor = await sessions.identify(session.secret);
    if (!actor) throw unauthenticated("bad-credentials", "this user may not sign in");
    log.info("signed in", { user, how, address });
    return { ...session, actor };
  }

  return {
    users,
    tokens,
    audit,
    answers: createAnswers({ records, clock }),
    session: sessions.identify,
    signOut: sessions.end,
    async ensureAdmin(given) {
      if ((await users.count()) > 0) return null;
      const password = given ?? randomSecret(15);
      await users.create({ kind: "system", id: "first-start" }, { name: "admin", role: "admin", password });
      return given === undefined ? password : null;
    },
    async signIn({ username, password, address }) {
      await gate.enter(username, address);
      const user = await userByName(username);
      const right = await passwords.matches(user?.disabled ? null : (user?.password_hash ?? null), password);
      if (!user || !right) {
        log.warn("sign-in refused", { username, address });
        throw unauthenticated("bad-credentials", "user name or password is wrong");
      }
      await gate.passed(username, address);
      return await opened(user.id, "password", address);
    },
    async signInByLink({ link, address }) {
      const asUser = `(link) ${address}`; // a link can't be guessed: nobody may keep others out by trying
      await gate.enter(asUser, address);
      const user = await links.use(link);
      if (user === null)
        throw unauthenticated("bad-link", "this link was used, is too old or never was: ask for another");
      await gate.passed(asUser, address);
      return await opened(user, "link", address);
    },
    async makeLink(username) {
      const user = await userByName(username);
      if (!user) throw notFound("user", username);
      return await links.make(user.id);
    },
  };
}
