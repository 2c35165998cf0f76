import type { Paths } from "../app.ts";
import { runUntilSignal } from "../main.ts";

/** `lamplighter controller`. @returns the exit code: 0 stopped, 78 wrong settings, 1 could not start */
export function runController(needs: { paths: Paths; env: NodeJS.ProcessEnv; settings?: string }): Promise<number> {
  return runUntilSignal(needs, async (app) => {
    const say = (line: string) => process.stderr.write(`${line}\n`);
    say(`Lamplighter is ready: ${app.url} (MQTT: port ${app.ports.mqtt})`);
    if (app.adminPassword) say(`First start. User "admin", password ${app.adminPassword} (shown this once)`);
    return () => Promise.resolve();
  });
}
