import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { answerLimits } from "../../../controller/auth/answers.ts";
import { type Actor, type Auth, authLimits, createAuth } from "../../../controller/auth/index.ts";
import type { SignInLimits } from "../../../controller/auth/limits.ts";
import { type Fresh, freshRecords, quiet } from "../records/fresh.ts";

let fresh: Fresh;
let auth: Auth;
const open = (signInLimits?: SignInLimits) =>
  createAuth({
    ...fresh,
    log: quiet,
    cost: { memoryKib: 64, passes: 1 },
    ...(signInLimits ? { signInLimits } : {}),
  });
beforeEach(async () => {
  fresh = await freshRecords();
  auth = open();
});
afterEach(() => fresh.end());

const admin: Actor = { kind: "user", id: "user_admin", name: "admin", role: "admin", expiresAt: null };
const password = "correct horse battery";
const address = "192.0.2.1";
const enter = (username: string, with_ = password, from = address) =>
  auth.signIn({ username, password: with_, address: from });

describe("the first start", () => {
  test("makes the admin with a generated password, said once", async () => {
    const generated = await auth.ensureAdmin();
    expect(generated).toMatch(/^[A-Za-z0-9_-]{20}$/);
    expect((await enter("admin", generated ?? "")).actor).toMatchObject({ name: "admin", role: "admin" });
    expect(await auth.ensureAdmin()).toBeNull();
  });

  test("or with the one that was set; later starts ignore another", async () => {
    expect(await auth.ensureAdmin(password)).toBeNull();
    expect(await auth.ensureAdmin("another password")).toBeNull();
    await enter("admin");
    await expect(enter("admin", "another password")).rejects.toMatchObject({ code: "bad-credentials" });
  });
});

describe("signing in", () => {
  beforeEach(() => auth.ensureAdmin(password));

  test("a wrong name and a wrong password read the same", async () => {
    const said = async (work: Promise<unknown>) => await work.catch((error: Error) => error.message);
    expect(await said(enter("nobody"))).toBe(await said(enter("admin", "wrong password")));
  });

  test("secrets are kept as hashes only", async () => {
    const { secret } = await enter("admin");
    const { secret: link } = await auth.makeLink("admin");
    const token = await auth.tokens.create(admin, { name: "script", role: "viewer", expiresAt: null });
    const { db } = fresh.records;
    const tables = ["user", "session", "sign_in_link", "api_token", "audit"] as const;
    const kept = JSON.stringify(await Promise.all(tables.map((table) => db.selectFrom(table).selectAll().execute())));
    for (const one of [password, secret, link, token.secret]) expect(kept).not.toContain(one);
    expect(kept).toContain("$argon2id$");
  });

  test("guessing ends at the limit, for the guesser and not for others; a right sign-in does not count", async () => {
    auth = open({ windowMs: 60_000, together: 3, address: 100, user: 100 });
    for (let i = 0; i < 5; i++) await enter("admin");
    for (let i = 0; i < 3; i++)
      await expect(enter("admin", "wrong")).rejects.toMatchObject({ code: "bad-credentials" });
    await expect(enter("admin")).rejects.toMatchObject({ kind: "too-many" });
    await enter("Admin", password, "192.0.2.2");
  });

  test("one address that tries many users, and many addresses that try one user, are limited too", async () => {
    auth = open({ windowMs: 60_000, together: 100, address: 3, user: 100 });
    for (let i = 0; i < 3; i++) await expect(enter(`u${i}`)).rejects.toMatchObject({ code: "bad-credentials" });
    await expect(enter("admin")).rejects.toMatchObject({ kind: "too-many" });
    auth = open({ windowMs: 60_000, together: 100, address: 100, user: 3 });
    for (let i = 0; i < 3; i++)
      await expect(enter("admin", "wrong", `192.0.2.${i}`)).rejects.toMatchObject({ code: "bad-credentials" });
    await expect(enter("ADMIN", password, "192.0.2.9")).rejects.toMatchObject({ kind: "too-many" });
  });

  test("many at once cannot slip through the limit", async () => {
    auth = open({ windowMs: 60_000, together: 3, address: 100, user: 100 });
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => enter("admin", "wrong")));
    const codes = tries.map((one) => (one.status === "rejected" ? (one.reason as { code: string }).code : "in"));
    expect(codes.filter((code) => code === "bad-credentials")).toHaveLength(3);
  });

  test("only so many passwords are hashed at the same time", async () => {
    const many = Array.from({ length: authLimits.hashesAtOnce + 3 }, (_, i) => enter(`u${i}`, "wrong", `192.0.2.${i}`));
    const tries = await Promise.allSettled(many);
    const refused = tries.filter((one) => one.status === "rejected" && one.reason.kind === "too-many");
    expect(refused).toHaveLength(3);
  });
});

describe("sessions", () => {
  beforeEach(() => auth.ensureAdmin(password));

  test("end idle, and in any case at the end", async () => {
    const { secret } = await enter("admin");
    fresh.clock.pass(authLimits.sessionIdleMs - 1);
    expect(await auth.session(secret)).toMatchObject({ name: "admin" });
    fresh.clock.pass(authLimits.sessionIdleMs);
    expect(await auth.session(secret)).toBeNull();

    const { secret: used } = await enter("admin");
    const days = Math.ceil(authLimits.sessionMaxMs / 86_400_000);
    for (let day = 1; day < days; day++) {
      fresh.clock.pass(86_400_000);
      expect(await auth.session(used)).not.toBeNull();
    }
    fresh.clock.pass(86_400_000);
    expect(await auth.session(used)).toBeNull();
  });

  test("end by signing out, by a new password, and when the user is disabled or removed", async () => {
    const one = await auth.users.create(admin, { name: "amy", role: "viewer", password });
    const live = async () => (await enter("amy")).secret;
    const gone = async (secret: string) => expect(await auth.session(secret)).toBeNull();
    const a = await live();
    await auth.signOut(a);
    await gone(a);
    const b = await live();
    await auth.users.change(admin, one.id, { password: "another password" });
    await gone(b);
    await auth.users.change(admin, one.id, { password });
    const c = await live();
    await auth.users.change(admin, one.id, { disabled: true });
    await gone(c);
    await expect(enter("amy")).rejects.toMatchObject({ code: "bad-credentials" });
    await auth.users.change(admin, one.id, { disabled: false });
    const d = await live();
    await auth.users.remove(admin, one.id);
    await gone(d);
  });

  test("a user keeps at most so many: the oldest ends", async () => {
    const { db } = fresh.records;
    const { secret: oldest, actor } = await enter("admin");
    for (let i = 1; i < authLimits.sessionsPerUser; i++) {
      const at = fresh.clock.now() + i;
      const row = { secret_hash: `planted-${i}`, user: actor.id, created_at: at, seen_at: at, expires_at: at * 2 };
      await db.insertInto("session").values(row).execute();
    }
    fresh.clock.pass(1_000);
    expect(await auth.session(oldest)).not.toBeNull();
    await enter("admin");
    expect(await auth.session(oldest)).toBeNull();
  });
});

describe("one-time links", () => {
  beforeEach(() => auth.ensureAdmin(password));
  const use = (link: string) => auth.signInByLink({ link, address });

  test("let in once, also when two use it at once", async () => {
    const { secret } = await auth.makeLink("admin");
    const tries = await Promise.allSettled([use(secret), use(secret)]);
    expect(tries.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("last a quarter of an hour", async () => {
    const { secret } = await auth.makeLink("admin");
    fresh.clock.pass(authLimits.linkMs);
    await expect(use(secret)).rejects.toMatchObject({ code: "bad-link" });
  });
});

describe("API tokens", () => {
  test("carry their own role until they end or are revoked", async () => {
    const expiresAt = fresh.clock.now() + 1_000;
    const made = await auth.tokens.create(admin, { name: "script", role: "operator", expiresAt });
    const lasting = await auth.tokens.create(admin, { name: "other", role: "viewer", expiresAt: null });
    expect(await auth.tokens.identify(made.secret)).toMatchObject({ kind: "token", role: "operator" });
    fresh.clock.pass(1_000);
    expect(await auth.tokens.identify(made.secret)).toBeNull();
    await auth.tokens.revoke(admin, lasting.id);
    expect(await auth.tokens.identify(lasting.secret)).toBeNull();
  });

  test("cannot be made to end in the past", async () => {
    const wish = { name: "x", role: "viewer", expiresAt: fresh.clock.now() } as const;
    await expect(auth.tokens.create(admin, wish)).rejects.toMatchObject({ faults: [{ path: "expiresAt" }] });
  });
});

describe("users", () => {
  beforeEach(() => auth.ensureAdmin(password));

  test("the last admin stays one", async () => {
    const [first] = await auth.users.list();
    const id = first?.id ?? "";
    const last = { code: "last-admin" };
    await expect(auth.users.remove(admin, id)).rejects.toMatchObject(last);
    await expect(auth.users.change(admin, id, { role: "viewer" })).rejects.toMatchObject(last);
    await expect(auth.users.change(admin, id, { disabled: true })).rejects.toMatchObject(last);
    await auth.users.create(admin, { name: "second", role: "admin" });
    await auth.users.change(admin, id, { role: "viewer" });
  });

  test("names are one person's, whatever the case", async () => {
    await expect(auth.users.create(admin, { name: "ADMIN", role: "viewer" })).rejects.toMatchObject({
      code: "name-taken",
    });
  });

  test.each(["short", "x".repeat(authLimits.passwordChars.most + 1)])(
    "a password like %.8s… will not do",
    async (bad) => {
      const wish = { name: "amy", role: "viewer", password: bad } as const;
      await expect(auth.users.create(admin, wish)).rejects.toMatchObject({
        kind: "invalid",
        faults: [{ path: "password" }],
      });
    },
  );

  test("changes are in the audit log, newest first, in pages", async () => {
    const { id } = await auth.users.create(admin, { name: "amy", role: "viewer" });
    await auth.users.change(admin, id, { role: "operator" });
    const [changed] = await auth.audit.list({ subject: { kind: "user", id }, limit: 1 });
    expect(changed).toMatchObject({ action: "user.changed", before: { role: "viewer" }, after: { role: "operator" } });
    const [created] = await auth.audit.list({ subject: { kind: "user", id }, limit: 9, before: changed?.id ?? 0 });
    expect(created).toMatchObject({ action: "user.created", actor: { id: admin.id } });
  });
});

describe("answers to calls with an idempotency key", () => {
  const call = { actor: "user a", key: "k", requestHash: "h" };

  test("are kept for a repeat, refused for another request, and forgotten in the end", async () => {
    expect(await auth.answers.claim(call)).toBeNull();
    await expect(auth.answers.claim(call)).rejects.toMatchObject({ code: "idempotency-running" });
    await auth.answers.keep(call, { status: 201, body: "{}" });
    expect(await auth.answers.claim(call)).toEqual({ status: 201, body: "{}" });
    await expect(auth.answers.claim({ ...call, requestHash: "g" })).rejects.toMatchObject({
      code: "idempotency-mismatch",
    });
    expect(await auth.answers.claim({ ...call, actor: "user b" })).toBeNull();
    fresh.clock.pass(answerLimits.keptMs + 1);
    expect(await auth.answers.claim(call)).toBeNull();
  });

  test("a call that died with its process may be made again", async () => {
    await auth.answers.claim(call);
    fresh.clock.pass(answerLimits.runningMs + 1);
    expect(await auth.answers.claim(call)).toBeNull();
  });

  test("a long answer is not kept", async () => {
    await auth.answers.claim(call);
    await auth.answers.keep(call, { status: 201, body: "x".repeat(answerLimits.bodyBytes + 1) });
    expect(await auth.answers.claim(call)).toEqual({ status: 201, body: null });
  });
});
