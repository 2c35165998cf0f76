import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Problem } from "../base/errors.ts";
import {
  type Applied,
  type DeviceConfig,
  type Draft,
  type FolderItem,
  filesOf,
  folderLimits,
  isOurs,
  itemsIn,
  type Preview,
  type SourceView,
} from "../config/index.ts";
import { exitCodes } from "../main.ts";
import { type Call, createApiClient } from "../street/index.ts";

export interface ConfigOptions {
  url: string;
  token: string;
  json?: boolean;
  prune?: boolean;
  message?: string;
}

interface Outside {
  out(text: string): void;
  error(text: string): void;
}

const outside: Outside = {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
};
/** Something would change. */
const different = 3;
const refused = 2;
const listed = 5;

/** `lamplighter config diff`. @returns the exit code: 0 nothing changes, 3 something does, 2 refused, 1 not reached */
export function diffConfig(what: string, options: ConfigOptions, io: Outside = outside): Promise<number> {
  return asking(options, io, async (call) => {
    const preview = await previewOf(call, what, options);
    io.out(options.json ? `${JSON.stringify(preview)}\n` : textOf(preview));
    if (preview.problems.length > 0) return refused;
    return preview.changing > 0 ? different : exitCodes.stopped;
  });
}

/** `lamplighter config render --device`: the files that a device was told to have. @returns as `diffConfig` */
export function renderDevice(id: string, options: ConfigOptions, io: Outside = outside): Promise<number> {
  return asking(options, io, async (call) => {
    const { files, left } = await call<DeviceConfig>("GET", `/devices/${encodeURIComponent(id)}/config`);
    const texts = files.map(({ path, mode, text }) => `# ${path} (${mode.toString(8).padStart(4, "0")})\n${text}`);
    io.out(options.json ? `${JSON.stringify({ files, left })}\n` : texts.join("\n"));
    for (const { path, message } of left) io.error(`lamplighter: ${path}: left out: ${message}\n`);
    return exitCodes.stopped;
  });
}

/** `lamplighter config export`: what was written there before and is no more goes. */
export function exportConfig(folder: string, options: ConfigOptions, io: Outside = outside): Promise<number> {
  return asking(options, io, async (call) => {
    const files = filesOf(await all(call));
    const old = existing(folder).filter((path) => !files.has(path));
    for (const [path, text] of files) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    for (const path of old) rmSync(join(folder, path));
    const told = { written: files.size, removed: old.length };
    io.out(options.json ? `${JSON.stringify(told)}\n` : `${told.written} files written, ${told.removed} removed\n`);
    return exitCodes.stopped;
  });
}

/** `lamplighter config import`: all of a folder, as one change. */
export function importConfig(folder: string, options: ConfigOptions, io: Outside = outside): Promise<number> {
  return asking(options, io, (call) =>
    withDraft(call, folder, options, async (draft) => {
      const { message = "" } = options;
      const applied = await call<Applied>("POST", `/config/drafts/${draft}/apply`, message === "" ? {} : { message });
      const { revision, devices, due } = applied;
      const sentence =
        revision === null
          ? "nothing was to be changed"
          : `change ${revision}: ${devices.length + due} devices get another document`;
      io.out(options.json ? `${JSON.stringify(applied)}\n` : `${sentence}\n`);
      return exitCodes.stopped;
    }),
  );
}

async function asking(options: ConfigOptions, io: Outside, work: (call: Call) => Promise<number>): Promise<number> {
  try {
    return await work(createApiClient(options.url.replace(/\/+$/, ""), options.token));
  } catch (error) {
    io.error(`lamplighter: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof Problem ? refused : exitCodes.failed;
  }
}

async function previewOf(call: Call, what: string, options: ConfigOptions): Promise<Preview> {
  const path = "/config/preview";
  const backTo = /^back-to:(\d{1,15})$/.exec(what)?.[1];
  if (backTo !== undefined) return await call<Preview>("POST", path, { backTo: Number(backTo) });
  if (/^draft_/.test(what)) return await call<Preview>("POST", path, { draft: what });
  return await withDraft(call, what, options, (draft) => call<Preview>("POST", path, { draft }));
}

/** A folder as a draft, which is no more afterwards. */
async function withDraft<T>(
  call: Call,
  folder: string,
  { prune }: ConfigOptions,
  work: (draft: string) => Promise<T>,
): Promise<T> {
  const read = itemsIn(readFiles(folder));
  const there = prune ? await all(call) : [];
  const kept = new Set(read.map(({ kind, id }) => `${kind}/${id}`));
  const gone = there
    .filter(({ kind, id }) => !kept.has(`${kind}/${id}`))
    .map(({ kind, id }) => ({ kind, id, body: null }));
  const { id } = await call<Draft>("POST", "/config/drafts", { name: `folder ${folder}`.slice(0, 100) });
  try {
    for (const put of portions([...read, ...gone])) await call("PATCH", `/config/drafts/${id}`, { put });
    return await work(id);
  } finally {
    // Applied, it is gone already.
    await call("DELETE", `/config/drafts/${id}`).catch((error) => {
      if (!(error instanceof Problem)) throw error;
    });
  }
}

const portionBytes = 1024 * 1024;
const portionItems = 500;
function portions<T>(items: readonly T[]): T[][] {
  const made: T[][] = [[]];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item));
    const last = made.at(-1) as T[];
    if (last.length > 0 && (bytes + size > portionBytes || last.length >= portionItems)) {
      made.push([item]);
      bytes = size;
    } else {
      last.push(item);
      bytes += size;
    }
  }
  return made;
}

async function all(call: Call): Promise<FolderItem[]> {
  const found: FolderItem[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const page: { items: SourceView[]; next: string | null } = await call(
      "GET",
      `/config/sources?limit=500${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    found.push(...page.items.map(({ kind, id, body }) => ({ kind, id, body })));
    cursor = page.next;
  }
  return found;
}

/** Paths of files that are ours; a folder that isn't there has none. */
function existing(folder: string): string[] {
  const found = ["", "templates", "groups", "sites", "devices"].flatMap((part) => {
    try {
      return readdirSync(join(folder, part)).map((name) => (part === "" ? name : `${part}/${name}`));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  });
  const ours = found.filter(isOurs).sort();
  if (ours.length > folderLimits.files) throw new Error(`${folder}: more than ${folderLimits.files} files`);
  return ours;
}

function readFiles(folder: string): Map<string, string> {
  if (!statSync(folder).isDirectory()) throw new Error(`${folder}: a folder expected`);
  return new Map(
    existing(folder).map((path) => {
      const file = join(folder, path);
      const { size } = statSync(file);
      if (size > folderLimits.fileBytes) throw new Error(`${file}: ${size} bytes; at most ${folderLimits.fileBytes}`);
      return [path, readFileSync(file, "utf8")];
    }),
  );
}

function textOf({ devices, changing, groups, others, effect, problems }: Preview): string {
  const lines = [`${changing} of ${devices} devices change.`];
  for (const { devices: who, changes, rendered, left } of groups) {
    lines.push("", namesOf(who));
    for (const { path, from, to, by, variables } of changes) {
      const sources = [
        ...by.map(layerOf),
        ...variables.map((one) => `${one.name} of ${one.by ? layerOf(one.by) : "the registry"}`),
      ];
      lines.push(
        `  ${path}: ${shownValue(from)} → ${shownValue(to)}${sources.length > 0 ? `  (${sources.join(", ")})` : ""}`,
      );
    }
    for (const { file, lines: changed } of rendered) lines.push(`  ${file}`, ...changed.map((line) => `    ${line}`));
    for (const { path, message } of left) lines.push(`  ${path}: left out: ${message}`);
  }
  if (others.length > 0) lines.push("", `${namesOf(others)}: each in its own way`);
  if (changing > 0) {
    const { needs, radiosRestarted, moves, away } = effect;
    lines.push("");
    if (radiosRestarted > 0) lines.push(`${radiosRestarted} radios restart: clients there are away for some seconds.`);
    if (needs.network > 0) lines.push(`${needs.network} devices set their network up anew.`);
    if (moves > 0) lines.push(`${moves} devices talk to another address from then on.`);
    lines.push(`${changing} devices connect anew once${away > 0 ? `; ${away} of them are away now` : ""}.`);
  }
  for (const { path, message, devices: many, example } of problems)
    lines.push(`Will not do: ${path === "" ? "" : `${path}: `}${message} (${many} devices, such as ${example})`);
  return `${lines.join("\n")}\n`;
}

function namesOf(who: readonly { id: string; name: string }[]): string {
  const some = who.slice(0, listed).map(({ id, name }) => `${name} (${id})`);
  return `${some.join(", ")}${who.length > listed ? ` and ${who.length - listed} more` : ""}`;
}
const layerOf = ({ kind, name, id }: { kind: string; name: string; id: string }): string =>
  ["organisation", "group", "site", "device"].includes(kind)
    ? `${kind}${kind === "organisation" || kind === "device" ? "" : ` ${name || id}`}`
    : `template ${name}`;
const shownValue = (value: unknown): string => {
  if (value === null) return "–";
  if ((value as { secret?: unknown }).secret === true) return "(secret)";
  return JSON.stringify(value);
};
