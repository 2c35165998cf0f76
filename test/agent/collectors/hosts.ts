import { readdirSync, readFileSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Files, Host, Programs, Sockets } from "../../../edge-agent/index.ts";
import { type FakeTime, fakeTime } from "../time.ts";

const fixtures = fileURLToPath(new URL("./fixtures", import.meta.url));

export const fixture = (path: string): string => readFileSync(join(fixtures, path), "utf8");

const unreachable = () => new Socket().destroy(new Error("no answer"));

export interface FixtureHost extends Host {
  time: FakeTime;
  /** Reads of these paths give these texts from now on. */
  change(files: Record<string, string>): void;
}

const absent = (): never => {
  throw Object.assign(new Error("ENOENT: no such file or directory"), { code: "ENOENT" });
};

/** A host whose files are those in fixtures/<name>, and whose network answers nothing unless told. */
export function fixtureHost(
  name: string,
  more: { sockets?: Partial<Sockets>; programs?: Programs; files?: Partial<Files> } = {},
): FixtureHost {
  const changed: Record<string, string> = {};
  const files: Files = {
    read: async (path) => changed[path] ?? readFileSync(join(fixtures, name, path), "utf8"),
    list: async (path) => readdirSync(join(fixtures, name, path)),
    space: async () => ({ totalBytes: 1_000, freeBytes: 250 }),
    ...more.files,
  };
  const silent = async (): Promise<never> => {
    throw new Error("no answer");
  };
  return {
    time: fakeTime(),
    files,
    disk: {
      read: silent,
      write: silent,
      sync: silent,
      rename: silent,
      remove: silent,
      syncFolder: silent,
      mode: silent,
    },
    programs: more.programs ?? { run: async () => absent() },
    sockets: { resolve: silent, connect: silent, get: silent, open: unreachable, ...more.sockets },
    random: () => 0.5,
    change: (texts) => void Object.assign(changed, texts),
  };
}
