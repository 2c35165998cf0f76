import { join } from "node:path";
import { type Actor, createAuth, type Role, roles } from "../auth/index.ts";
import { systemClock } from "../base/clock.ts";
import { Problem, SettingsError } from "../base/errors.ts";
import { createLog } from "../base/log.ts";
import { exitCodes } from "../main.ts";
import { loadSettings } from "../settings/index.ts";
import { openRecords } from "../store/records/index.ts";

interface Needs {
  env: NodeJS.ProcessEnv;
  name: string;
  role: string;
  settings?: string;
  json?: boolean;
}
/** Who may read the data folder may do anything; the audit log says that it was done here. */
const operator: Actor = { kind: "token", id: "command-line", name: "command line", role: "admin", expiresAt: null };
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Opens the records beside a controller that may be running: SQLite waits for its turn. */
async function withAuth(
  needs: Needs,
  work: (auth: ReturnType<typeof createAuth>, role: Role) => Promise<void>,
): Promise<number> {
  try {
    const role = roles.find((r) => r === needs.role);
    if (!role) throw new SettingsError("--role", `"${needs.role}"`, roles.join(", "));
    const settings = loadSettings({
      env: needs.env,
      ...(needs.settings === undefined ? {} : { file: needs.settings }),
    });
    const log = createLog({ level: "silent" });
    const records = await openRecords({ file: join(settings.dataDir, "records.db"), log, clock: systemClock });
    try {
      await work(createAuth({ records, clock: systemClock, log }), role);
    } finally {
      await records.close();
    }
    return 0;
  } catch (error) {
    process.stderr.write(`lamplighter: ${error instanceof Error ? error.message : String(error)}\n`);
    if (error instanceof SettingsError) return exitCodes.wrongSettings;
    return error instanceof Problem ? 2 : exitCodes.failed;
  }
}

/** `lamplighter user add`: prints a one-time sign-in link's secret. */
export function addUser(needs: Needs): Promise<number> {
  return withAuth(needs, async (auth, role) => {
    await auth.users.create(operator, { name: needs.name, role });
    const { secret, expiresAt } = await auth.makeLink(needs.name);
    if (needs.json) say(JSON.stringify({ name: needs.name, role, link: secret, expiresAt }));
    else
      say(
        `${needs.name} (${role}) may sign in once, within 15 minutes, at <address of the controller>/sign-in#${secret}`,
      );
  });
}

/** `lamplighter token create`: prints an API token, once. */
export function createToken(needs: Needs): Promise<number> {
  return withAuth(needs, async (auth, role) => {
    const made = await auth.tokens.create(operator, { name: needs.name, role, expiresAt: null });
    if (needs.json) say(JSON.stringify(made));
    else say(made.secret);
  });
}
