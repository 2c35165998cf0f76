import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface InfluxServer {
  url: string;
  folder: string;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
  /** Ends it without warning; its data stay. */
  kill(): Promise<void>;
  /** It keeps its connections and answers nothing. */
  pause(): void;
  resume(): void;
  /** Again on the same address, with what it had. */
  restart(): Promise<void>;
}

const program = process.env["INFLUXD"] ?? "/usr/bin/influxd";
const startTimeoutMs = 30_000;

/** A real influxd 1.x on loopback, on a free port, in a folder of its own; resolves when it answers.
 *  @param options.auth demands credentials (the first query may then only make an administrator) */
export async function startInflux(options: { auth?: boolean } = {}): Promise<InfluxServer> {
  const folder = await mkdtemp(join(tmpdir(), "lamplighter-influx-"));
  let port = 0;
  let child: ChildProcess | null = null;

  const start = async (): Promise<void> => {
    await writeFile(join(folder, "influxd.conf"), configuration(folder, port, options.auth ?? false));
    const started = spawn(program, ["-config", join(folder, "influxd.conf")], { stdio: ["ignore", "ignore", "pipe"] });
    child = started;
    process.once("exit", endAtExit);
    port = await portOf(started);
    await answering(`http://127.0.0.1:${port}/ping`);
  };

  const end = async (signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
    process.removeListener("exit", endAtExit);
    const ending = child;
    child = null;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = once(ending, "exit");
    ending.kill("SIGCONT");
    ending.kill(signal);
    await exited;
  };

  function endAtExit(): void {
    child?.kill("SIGKILL");
  }

  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    folder,
    async stop() {
      await end("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
    kill: () => end("SIGKILL"),
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    async restart() {
      await end("SIGTERM");
      await start();
    },
  };
}

function configuration(folder: string, port: number, auth: boolean): string {
  return `
reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
  auth-enabled = ${auth}
[logging]
  format = "json"
`;
}

/** From its log, so that nobody has to guess a free port. The log is read to its end: a full pipe would stop it. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let log = "";
    child.once("error", (error) => reject(new Error(`${program}: ${error.message} (apt-get install influxdb)`)));
    child.once("exit", (code) => reject(new Error(`influxd ended (${code}): ${log.slice(-2_000)}`)));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      if (log.length < 100_000) log += text;
      const address = /"msg":"Listening on HTTP".*?"addr":"127\.0\.0\.1:(\d+)"/.exec(log);
      if (address) resolve(Number(address[1]));
    });
  });
}

async function answering(url: string): Promise<void> {
  const until = Date.now() + startTimeoutMs;
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    if (Date.now() > until) throw new Error(`influxd doesn't answer at ${url}`);
    await sleep(20);
  }
}
