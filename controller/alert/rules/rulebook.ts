import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import type { Clock } from "../../base/clock.ts";
import { conflict, notFound, SettingsError, stale } from "../../base/errors.ts";
import type { Records } from "../../store/records/index.ts";
import { defaultRules } from "./defaults.ts";
import { type Rule, type RuleText, rule, ruleLimits } from "./schema.ts";

/** default: the program's · file: of the settings folder, changed there only · own: made or changed by a person here */
export type Origin = "default" | "file" | "own";

export interface RuleEntry {
  rule: Rule;
  origin: Origin;
  /** The default that it takes the place of: removed, that is back. */
  replaces: boolean;
  /** 0: not in the records. */
  version: number;
  updatedAt: number | null;
}

export interface RulebookNeeds {
  records: Records;
  clock: Clock;
  /** Folder of *.yaml; null: none. */
  folder: string | null;
  audit: {
    write(
      db: Records["db"],
      entry: { actor: By; action: string; subject: By; before?: object; after?: object },
    ): Promise<void>;
  };
  /** In order of their ids; called after every change. */
  changed(rules: readonly Rule[]): void;
}
interface By {
  kind: string;
  id: string;
}

/** All rules: the program's, those in files, and those that people make. Of one id the last of these counts. */
export async function createRulebook(needs: RulebookNeeds) {
  const { records, clock, folder } = needs;
  const { db, organisation } = records;
  const defaults = defaultRules.map((text) => rule.parse(text));
  const files = folder === null ? [] : readFolder(folder);
  let own = await load();

  async function load(): Promise<RuleEntry[]> {
    const rows = await db.selectFrom("alert_rule").selectAll().where("organisation", "=", organisation).execute();
    return rows.map((row) => ({
      rule: rule.parse(JSON.parse(row.rule_json)),
      origin: "own",
      replaces: defaults.some(({ id }) => id === row.id),
      version: row.version,
      updatedAt: row.updated_at,
    }));
  }

  function all(): RuleEntry[] {
    const entries = new Map<string, RuleEntry>();
    const plain = { version: 0, updatedAt: null };
    for (const one of defaults) entries.set(one.id, { rule: one, origin: "default", replaces: false, ...plain });
    for (const one of own) entries.set(one.rule.id, one);
    // What is in a file is under somebody's version control: nothing here may differ from it unseen.
    for (const one of files)
      entries.set(one.id, { rule: one, origin: "file", replaces: entries.has(one.id), ...plain });
    return [...entries.values()].sort((a, b) => a.rule.id.localeCompare(b.rule.id));
  }

  const tell = (): void => needs.changed(all().map((entry) => entry.rule));
  const find = (id: string): RuleEntry | undefined => all().find((entry) => entry.rule.id === id);
  const mayChange = (id: string): void => {
    if (files.some((one) => one.id === id))
      throw conflict("in-file", `the rule "${id}" is in a file of the settings folder: change it there`);
  };

  return {
    all,
    of: find,
    tell,
    /** Makes it or changes it.
     *  @param version that the caller saw, 0: it was not in the records; another now: "stale" */
    async put(text: RuleText, version: number | undefined, actor: By): Promise<RuleEntry> {
      const made = rule.parse(text);
      mayChange(made.id);
      const before = own.find((entry) => entry.rule.id === made.id);
      const versionNow = before?.version ?? 0;
      checkSeen(version, versionNow);
      if (!before && own.length >= ruleLimits.rules)
        throw conflict("too-many", `at most ${ruleLimits.rules} rules of your own`);
      const now = clock.now();
      await db.transaction().execute(async (trx) => {
        const row = { rule_json: JSON.stringify(made), version: versionNow + 1, updated_at: now };
        await trx
          .insertInto("alert_rule")
          .values({ ...row, organisation, id: made.id, created_at: now })
          .onConflict((c) => c.columns(["organisation", "id"]).doUpdateSet(row))
          .execute();
        const action = before ? "alert-rule.changed" : "alert-rule.made";
        const subject = { kind: "alert-rule", id: made.id };
        await needs.audit.write(trx, {
          actor,
          action,
          subject,
          ...(before ? { before: before.rule } : {}),
          after: made,
        });
      });
      own = await load();
      tell();
      return find(made.id) as RuleEntry;
    },
    /** A default that was changed is as it was again. */
    async remove(id: string, version: number | undefined, actor: By): Promise<void> {
      mayChange(id);
      const before = own.find((entry) => entry.rule.id === id);
      if (!before) {
        if (find(id)) throw conflict("default", `the rule "${id}" is the program's own: switch it off instead`);
        throw notFound("alert rule", id);
      }
      checkSeen(version, before.version);
      await db.transaction().execute(async (trx) => {
        await trx.deleteFrom("alert_rule").where("organisation", "=", organisation).where("id", "=", id).execute();
        const subject = { kind: "alert-rule", id };
        await needs.audit.write(trx, { actor, action: "alert-rule.removed", subject, before: before.rule });
      });
      own = await load();
      tell();
    },
  };
}
export type Rulebook = Awaited<ReturnType<typeof createRulebook>>;

function checkSeen(seen: number | undefined, now: number): void {
  if (seen !== undefined && seen !== now) throw stale("this rule was changed in the meantime");
}

const fileBytes = 256 * 1024;

/** Each file is one rule or a list of them. Throws SettingsError: which file, which rule, what is allowed. */
function readFolder(folder: string): Rule[] {
  const names = listed(folder).filter((name) => /\.ya?ml$/.test(name));
  const rules = names.sort().flatMap((name) => {
    const file = join(folder, name);
    const text = readFileSync(file, "utf8");
    if (text.length > fileBytes) throw new SettingsError(file, `${text.length} characters`, `at most ${fileBytes}`);
    try {
      const content: unknown = parse(text);
      return z
        .array(rule)
        .max(ruleLimits.rules)
        .parse(Array.isArray(content) ? content : [content]);
    } catch (error) {
      throw new SettingsError(file, problemOf(error), "a rule, or a list of rules");
    }
  });
  const twice = rules.find(({ id }, i) => rules.findIndex((one) => one.id === id) !== i);
  if (twice) throw new SettingsError(folder, `the rule "${twice.id}" twice`, "each rule once");
  return rules;
}

/** No folder is no rules. */
function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return [];
    throw error;
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return (error as Error).message.split("\n")[0] ?? "";
  const [issue] = error.issues;
  return `${issue?.path.join(".")}: ${issue?.message}`;
}
