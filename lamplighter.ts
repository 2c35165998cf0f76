#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { Command } from "commander";

declare const LAMPLIGHTER_VERSION: string;

/** What stands beside this file in dist/. Only the entry knows where it is: a bundled chunk lives elsewhere. */
const beside = (name: string) => new URL(name, import.meta.url);
const paths = {
  seriesWorker: beside("series-worker.js"),
  streetWorker: beside("street-worker.js"),
  webRoot: fileURLToPath(beside("web")),
  docsRoot: fileURLToPath(beside("docs-page")),
  agentFile: fileURLToPath(beside("agent.cjs")),
};

interface DemoOptions {
  dataDir: string;
  port: string;
  seed: string;
  break?: string;
  site?: string;
  device?: string;
  undo?: boolean;
}

interface BackupFlags {
  dataDir?: string;
  settings?: string;
  passphraseFile?: string;
  withoutKeys?: boolean;
  replace?: boolean;
  json?: boolean;
}

const documentCodes =
  "\nExit codes: 0 done, 2 the document will not do (where and why is said), 1 it could not be read.";

const program = new Command("lamplighter")
  .description("Runs a council's public Wi-Fi and street sensors.")
  .version(LAMPLIGHTER_VERSION)
  .showHelpAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 64));

program
  .command("controller")
  .description("runs the controller until it is told to stop")
  .option("--settings <file>", "YAML file; every key can also be given by environment (docs/settings.md)")
  .action(async (options: { settings?: string }) => {
    const { runController } = await import("./controller/cli/controller.ts");
    process.exitCode = await runController({ paths, env: process.env, ...options });
  });

program
  .command("agent")
  .description("runs the agent on this device (--help says how)")
  .helpOption(false)
  .allowUnknownOption()
  .argument("[words...]")
  .action(async () => {
    const { runAgent } = await import("./edge-agent/cli/agent.ts");
    const words = process.argv.slice(process.argv.indexOf("agent") + 1);
    process.exitCode = await runAgent(words, process.env);
  });

program
  .command("demo")
  .description("starts a controller with the embedded store and a simulated street of real agents")
  .option("--data-dir <dir>", "where it keeps what it learns; a second start goes on from there", "data/demo")
  .option("--port <port>", "port of the screens; the next free one when it is taken", "8080")
  .option("--seed <number>", "another weather and other chances; kept from the first start on", "1")
  .option("--break <what>", "breaks something in the demo that runs on that folder; list names what can be broken")
  .option("--site <name>", "with --break: at this site")
  .option("--device <name>", "with --break: this device")
  .option("--undo", "with --break: mends it again")
  .action(async (options: DemoOptions) => {
    const { break: what, undo = false, ...rest } = options;
    if (what === undefined) {
      const { runDemo } = await import("./controller/cli/demo.ts");
      process.exitCode = await runDemo({ paths, env: process.env, ...rest });
      return;
    }
    const { breakSomething } = await import("./controller/cli/break.ts");
    process.exitCode = await breakSomething({ ...rest, what, undo });
  });

program
  .command("simulate")
  .description("runs simulated devices with the real agent against a controller, for load")
  .requiredOption("--devices <number>", "how many")
  .requiredOption("--controller <url>", "address of the controller")
  .requiredOption("--token <token>", "enrolment token with enough uses")
  .option("--kind <kind>", "access-point or sensor", "access-point")
  .option("--interval <seconds>", "how often each measures", "10")
  .option("--seed <number>", "another seed makes other devices", "1")
  .option("--threads <number>", "threads that share the devices")
  .option("--duration <seconds>", "ends by itself; else Ctrl-C")
  .option("--data-dir <dir>", "keeps the devices for another run; else they are gone at the end")
  .action(async (options: import("./controller/cli/simulate.ts").SimulateOptions) => {
    const { simulate } = await import("./controller/cli/simulate.ts");
    process.exitCode = await simulate({ paths, options });
  });

program
  .command("backup <folder>")
  .description(
    "copies records, embedded series and keys of a controller, which may be running, into a new folder there",
  )
  .option("--data-dir <dir>", "the controller's data; else what the settings say")
  .option("--settings <file>", "YAML file of the controller")
  .option("--passphrase-file <file>", "its first line seals the keys")
  .option("--without-keys", "leaves the keys out")
  .option("--json", "print JSON")
  .action(async (into: string, { withoutKeys = false, ...options }: BackupFlags) => {
    const { backup } = await import("./controller/cli/backup.ts");
    process.exitCode = await backup({ env: process.env, into, options: { ...options, keys: !withoutKeys } });
  });

program
  .command("restore <backup>")
  .description("puts a backup in place, for a controller that is started on it afterwards")
  .option("--data-dir <dir>", "where to; else what the settings say")
  .option("--settings <file>", "YAML file of the controller")
  .option("--passphrase-file <file>", "its first line opens the keys")
  .option("--without-keys", "leaves the keys out: devices have to be enrolled again")
  .option("--replace", "what is in the folder is kept under another name")
  .option("--json", "print JSON")
  .action(async (folder: string, { withoutKeys = false, ...options }: BackupFlags) => {
    const { restore } = await import("./controller/cli/backup.ts");
    process.exitCode = await restore({ env: process.env, folder, options: { ...options, keys: !withoutKeys } });
  });

const keys = program.command("keys").description("keys that sign what devices carry out");
const ofFolder = (command: Command) =>
  command
    .option("--data-dir <dir>", "the controller's data; else what the settings say")
    .option("--settings <file>", "YAML file of the controller")
    .option("--json", "print JSON");
ofFolder(keys.command("list").description("says which content keys there are, and which one signs")).action(
  async (options: import("./controller/cli/keys.ts").KeysOptions) => {
    const { listKeys } = await import("./controller/cli/keys.ts");
    process.exitCode = await listKeys(process.env, options);
  },
);
ofFolder(keys.command("add").description("makes one more content key; the controller is stopped meanwhile")).action(
  async (options: import("./controller/cli/keys.ts").KeysOptions) => {
    const { addKey } = await import("./controller/cli/keys.ts");
    process.exitCode = await addKey(process.env, options);
  },
);
ofFolder(
  keys
    .command("retire")
    .description("devices believe that content key no more; the controller is stopped meanwhile")
    .argument("<id>", "as list says it; one that begins with - goes last, after --"),
).action(async (id: string, options: import("./controller/cli/keys.ts").KeysOptions) => {
  const { retireKey } = await import("./controller/cli/keys.ts");
  process.exitCode = await retireKey(process.env, id, options);
});

type RenderOptions = import("./controller/cli/documents.ts").RenderFlags & {
  device?: string;
  url: string;
  token?: string;
};
const config = program.command("config").description("documents of devices; templates, groups and variables");
const aDocument = "a document (JSON or YAML); - reads what is piped in";
const aProfile = "hardware that it has to suit, by its board name, such as tplink,eap225-outdoor-v1";
config
  .command("render")
  .description("prints what the device reads, and nothing else")
  .argument("[document]", aDocument)
  .option("--device <id>", "no document, but what a device was told to have, secrets concealed; with --url and --token")
  .option("--url <url>", "address of the controller", "http://127.0.0.1:8080")
  .option("--token <token>", "API token (lamplighter token create)")
  .option("--format <format>", "uci (OpenWrt), or linux (hostapd, dnsmasq, systemd-networkd)", "uci")
  .option("--profile <hardware>", aProfile)
  .option("--explain", "behind each line the setting that put it there")
  .option("--json", "print JSON: the text, and of each line the setting that put it there")
  .addHelpText("after", documentCodes)
  .action(async (document: string | undefined, options: RenderOptions, command: Command) => {
    const { device, url, token } = options;
    if (device !== undefined && document === undefined && token !== undefined) {
      const { renderDevice } = await import("./controller/cli/config.ts");
      process.exitCode = await renderDevice(device, { ...options, url, token });
      return;
    }
    if (document === undefined || device !== undefined)
      command.error("lamplighter: a document, or --device with --token, is needed");
    const { renderDocument } = await import("./controller/cli/documents.ts");
    process.exitCode = renderDocument(document, options);
  });
config
  .command("check")
  .description("says what is wrong with a document, and where")
  .argument("<document>", aDocument)
  .option("--profile <hardware>", aProfile)
  .option("--json", "print JSON")
  .addHelpText("after", documentCodes)
  .action(async (document: string, options: import("./controller/cli/documents.ts").CheckFlags) => {
    const { checkDocument } = await import("./controller/cli/documents.ts");
    process.exitCode = checkDocument(document, options);
  });
config
  .command("schema")
  .description("prints the JSON Schema of a document, for editors")
  .action(async () => {
    const { printSchema } = await import("./controller/cli/documents.ts");
    process.exitCode = printSchema();
  });

const user = program.command("user").description("people who may sign in");
user
  .command("add <name>")
  .description("adds a user and prints a one-time sign-in link")
  .option("--role <role>", "viewer, operator or admin", "viewer")
  .option("--settings <file>", "YAML file of the controller")
  .option("--json", "print JSON")
  .action(async (name: string, options: { role: string; settings?: string; json?: boolean }) => {
    const { addUser } = await import("./controller/cli/people.ts");
    process.exitCode = await addUser({ env: process.env, name, ...options });
  });

const token = program.command("token").description("tokens for programs that use the API");
token
  .command("create <name>")
  .description("makes an API token and prints it once")
  .option("--role <role>", "viewer, operator or admin", "viewer")
  .option("--settings <file>", "YAML file of the controller")
  .option("--json", "print JSON")
  .action(async (name: string, options: { role: string; settings?: string; json?: boolean }) => {
    const { createToken } = await import("./controller/cli/people.ts");
    process.exitCode = await createToken({ env: process.env, name, ...options });
  });

const rollups = program.command("rollups").description("5-minute and hourly values of a running controller");
const asked = (command: Command) =>
  command
    .option("--url <url>", "address of the controller", "http://127.0.0.1:8080")
    .requiredOption("--token <token>", "API token (lamplighter token create)")
    .option("--json", "print JSON");
asked(rollups.command("status").description("says how many hours are due")).action(
  async (options: import("./controller/cli/rollups.ts").RollupOptions) => {
    const { rollupStatus } = await import("./controller/cli/rollups.ts");
    process.exitCode = await rollupStatus(options);
  },
);
const rebuild = async (options: import("./controller/cli/rollups.ts").RollupOptions) => {
  const { rebuildRollups } = await import("./controller/cli/rollups.ts");
  process.exitCode = await rebuildRollups(options);
};
asked(rollups.command("rebuild").description("makes them anew from raw points, and waits until it is done"))
  .option("--from <time>", "from here on; else from where raw points are kept")
  .option("--to <time>", "up to here; else now")
  .option("--device <id>", "of this device; else of all")
  .action(rebuild);
asked(rollups.command("backfill").description("makes everything anew that raw points are kept of")).action(rebuild);

const alerts = program.command("alerts").description("rules of a running controller");
asked(
  alerts
    .command("backtest")
    .description("says what a rule would have done")
    .argument("<rule>", "a file with one rule (*.yaml), or the id of one that the controller has"),
)
  .option("--days <days>", "so many days back from now", "30")
  .action(async (rule: string, options: import("./controller/cli/alerts.ts").BacktestOptions) => {
    const { backtestRule } = await import("./controller/cli/alerts.ts");
    process.exitCode = await backtestRule(rule, options);
  });

type ConfigOptions = import("./controller/cli/config.ts").ConfigOptions;
asked(
  config
    .command("diff")
    .description("says which devices a change would change, how, and who put each value there; changes nothing")
    .argument("<what>", "a folder as export writes it, the id of a draft, or back-to:<revision>"),
)
  .option("--prune", "of a folder: what is not in it is taken away")
  .action(async (what: string, options: ConfigOptions) => {
    const { diffConfig } = await import("./controller/cli/config.ts");
    process.exitCode = await diffConfig(what, options);
  });
asked(
  config.command("export").description("writes them as a folder of YAML, without secrets").argument("<folder>"),
).action(async (folder: string, options: ConfigOptions) => {
  const { exportConfig } = await import("./controller/cli/config.ts");
  process.exitCode = await exportConfig(folder, options);
});
const importing = config
  .command("import")
  .description(
    "a folder of YAML becomes one change of a running controller; what `uci export` printed on a device, a document",
  )
  .argument("<what>", "a folder as export writes it, or a file of UCI; - reads UCI that is piped in")
  .option("--url <url>", "of a folder: address of the controller", "http://127.0.0.1:8080")
  .option("--token <token>", "of a folder: API token (lamplighter token create)")
  .option("--json", "print JSON")
  .option("--prune", "what is not in the folder is taken away")
  .option("--message <why>", "of a folder: kept in the history", "")
  .addHelpText("after", documentCodes);
importing.action(async (what: string, options: Omit<ConfigOptions, "token"> & { token?: string }) => {
  const { token } = options;
  const { statSync } = await import("node:fs");
  if (what === "-" || !statSync(what, { throwIfNoEntry: false })?.isDirectory()) {
    const { importDocument } = await import("./controller/cli/documents.ts");
    process.exitCode = importDocument(what, { json: options.json === true });
  } else if (token === undefined) {
    importing.error("error: a folder is sent to a controller: --token <token> is missing");
  } else {
    const { importConfig } = await import("./controller/cli/config.ts");
    process.exitCode = await importConfig(what, { ...options, token });
  }
});

await program.parseAsync();
