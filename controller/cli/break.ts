import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../base/errors.ts";
import { exitCodes } from "../main.ts";
import { createApiClient, faultNames, faultWords, putRight, tokenFile } from "../street/index.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);

/** `lamplighter demo --break <what>`: asks the demo that runs on that folder. @returns the exit code: 2 what it refused */
export async function breakSomething(needs: {
  dataDir: string;
  what: string;
  undo: boolean;
  site?: string;
  device?: string;
}): Promise<number> {
  if (needs.what === "list") {
    list();
    return exitCodes.stopped;
  }
  try {
    const { port, secret } = findDemo(needs.dataDir);
    const call = createApiClient(`http://127.0.0.1:${port}`, secret);
    const { what, undo, site, device } = needs;
    const wish = { what, ...(undo ? { undo } : {}), ...(site ? { site } : {}), ...(device ? { device } : {}) };
    const { did, watch } = await call<{ did: string; watch: string }>("POST", "/demo/break", wish);
    say(did);
    say(watch);
    return exitCodes.stopped;
  } catch (error) {
    process.stderr.write(`lamplighter: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof Problem ? 2 : exitCodes.failed;
  }
}

function list(): void {
  const width = Math.max(...faultNames.map((name) => name.length));
  for (const name of faultNames) {
    const { title, targets } = faultWords[name];
    const option = targets === "none" ? "" : `  [--${targets} <name>]`;
    say(`${name.padEnd(width)}  ${title}${option}`);
  }
  say(`${putRight.padEnd(width)}  Everything is put right`);
}

function findDemo(dataDir: string): { port: number; secret: string } {
  try {
    const { http } = JSON.parse(readFileSync(join(dataDir, "controller", "run.json"), "utf8")) as { http: number };
    return { port: http, secret: readFileSync(tokenFile(dataDir), "utf8").trim() };
  } catch {
    throw new Error(`no demo runs on "${dataDir}": start it with npm start, or name its folder with --data-dir`);
  }
}
