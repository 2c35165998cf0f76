import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { DeviceKind } from "#wire";
import { check, messages } from "#wire";
import { reason } from "../log.ts";
import { readSettings, type Settings } from "../settings.ts";

export const help = `lamplighter agent: measures this device and sends it to the controller.

  --controller <url>   https:// address of the controller (plain http:// only on this machine)
  --token <token>      enrolment token, needed once; also read from LAMPLIGHTER_AGENT_TOKEN_FILE
  --data-dir <dir>     identity and spool of this device
  --config <file>      settings in JSON
  --kind <kind>        access-point (default), sensor, gateway or switch
  --help               this text
  --version            version of the agent

Each but the last two can come from the environment: LAMPLIGHTER_AGENT_CONTROLLER, _TOKEN, _DATA_DIR, _CONFIG, _KIND.

Exit codes: 0 stopped as asked, 64 wrong usage, 70 a fault of the agent, 78 a wrong setting or identity file,
or a data folder that another agent uses.
`;

export interface Options {
  controllerUrl: string;
  token: string | undefined;
  dataDir: string;
  kind: DeviceKind;
  settings: Settings;
}

export type Parsed = { say: string } | { options: Options } | { exit: 64 | 78; problem: string };

type Env = Readonly<Record<string, string | undefined>>;
const prefix = "LAMPLIGHTER_AGENT_";
const text = { type: "string" } as const;
const flags = { help: { type: "boolean", short: "h" }, version: { type: "boolean" } } as const;
const known = { controller: text, token: text, "data-dir": text, config: text, kind: text, ...flags };

/** The command line over the environment. Never throws. */
export function parseOptions(argv: readonly string[], env: Env, version: string): Parsed {
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({ args: withToken(argv), options: known, strict: true }));
  } catch (error) {
    return { exit: 64, problem: `${(error as Error).message.split("\n")[0]}. Try --help.` };
  }
  if (values["help"]) return { say: help };
  if (values["version"]) return { say: `${version}\n` };
  try {
    const given = (name: string): string | undefined => {
      const value = values[name] ?? env[prefix + name.toUpperCase().replace("-", "_")];
      return typeof value === "string" && value !== "" ? value : undefined;
    };
    return { options: read(given, env) };
  } catch (error) {
    return error instanceof Missing ? { exit: 64, problem: error.message } : { exit: 78, problem: reason(error) };
  }
}

/** A token may begin with a dash, and would be taken for an option. */
function withToken(argv: readonly string[]): string[] {
  const at = argv.indexOf("--token");
  const value = argv[at + 1];
  if (at < 0 || value === undefined || !check(messages.enrolmentToken, value).ok) return [...argv];
  return [...argv.slice(0, at), `--token=${value}`, ...argv.slice(at + 2)];
}

class Missing extends Error {}

function read(given: (name: string) => string | undefined, env: Env): Options {
  const required = (name: string, what: string): string => {
    const value = given(name);
    if (value === undefined) {
      const variable = prefix + name.toUpperCase().replace("-", "_");
      throw new Missing(`--${name} (or ${variable}) is missing: ${what}. Try --help.`);
    }
    return value;
  };
  const controllerUrl = checkUrl(required("controller", "the address of the controller"));
  const dataDir = required("data-dir", "a folder for identity and spool");
  const file = env[`${prefix}TOKEN_FILE`];
  const token = given("token") ?? (file ? readText(file, `${prefix}TOKEN_FILE`).trim() : undefined);
  // The token itself is a secret: it is not repeated.
  if (token !== undefined && !check(messages.enrolmentToken, token).ok)
    throw new Error(
      `--token: ${token.length} characters that are not a token; it has the form <secret>.<key>.<certificate>`,
    );
  const kind = check(messages.deviceKind, given("kind") ?? "access-point");
  if (!kind.ok) throw new Error(`--kind: ${given("kind")} found; access-point, sensor, gateway or switch is allowed`);
  return { controllerUrl, token, dataDir, kind: kind.message, settings: readConfig(given("config")) };
}

function checkUrl(found: string): string {
  const url = URL.canParse(found) ? new URL(found) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "") return found;
  throw new Error(`--controller: ${found.replace(/\/\/.*@/, "//…@")} found; an http:// or https:// address is allowed`);
}

function readConfig(path: string | undefined): Settings {
  if (path === undefined) return readSettings({});
  let value: unknown;
  try {
    value = JSON.parse(readText(path, "--config"));
  } catch (error) {
    throw error instanceof SyntaxError ? new Error(`${path}: not JSON: ${error.message}`) : error;
  }
  try {
    return readSettings(value);
  } catch (error) {
    throw new Error(`${path}: ${reason(error)}`);
  }
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${what}: ${reason(error)}`);
  }
}
