import { readFileSync } from "node:fs";
import { parse } from "yaml";
import {
  documentProblems,
  documentSchema,
  type Line,
  type Problem,
  profileOf,
  profileProblems,
  profiles,
  readOpenWrt,
  renderLinux,
  renderOpenWrt,
  renderProblems,
  strays,
  textOf,
  UciError,
  uciLines,
} from "../../firmware-configs/index.ts";

export interface CheckFlags {
  /** Hardware that it has to suit. */
  profile?: string;
  json?: boolean;
}
export interface RenderFlags extends CheckFlags {
  format: string;
  explain?: boolean;
}

interface Outside {
  /** A file; "-": what is piped in. */
  read(file: string): string;
  out(text: string): void;
  error(text: string): void;
}

const outside: Outside = {
  read: (file) => readFileSync(file === "-" ? 0 : file, "utf8"),
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
};

/** Longest document or export that is read. */
const mostBytes = 1024 * 1024;
/** Not those of ../main.ts, which would load the whole controller. */
const exitCodes = { stopped: 0, failed: 1, refused: 2 } as const;

/** `lamplighter config render`: what the device reads, and nothing else.
 *  @returns the exit code: 0 rendered, 2 the document will not do, 1 it could not be read */
export function renderDocument(file: string, flags: RenderFlags, io: Outside = outside): number {
  return reading(io, flags, () => {
    const document = documentIn(file, io);
    const problems = orUnsuited(renderProblems(document), document, flags);
    if (problems.length > 0) return refuse(problems, flags, io);
    for (const { path, message } of strays(document as object))
      io.error(`lamplighter: ${path}: ${message}, left out\n`);
    const { lines, problems: unsaid, left } = rendered(flags.format, document as Record<string, unknown>);
    if (unsaid.length > 0) return refuse(unsaid, flags, io);
    for (const { path, message } of left) io.error(`lamplighter: ${path}: left out: ${message}\n`);
    if (flags.json) io.out(`${JSON.stringify({ format: flags.format, text: textOf(lines), lines })}\n`);
    else io.out(flags.explain ? explained(lines) : textOf(lines));
    return exitCodes.stopped;
  });
}

/** `lamplighter config check`. @returns as `renderDocument` */
export function checkDocument(file: string, flags: CheckFlags, io: Outside = outside): number {
  return reading(io, flags, () => {
    const document = documentIn(file, io);
    const problems = orUnsuited(documentProblems(document), document, flags);
    if (problems.length > 0) return refuse(problems, flags, io);
    io.out(flags.json ? `${JSON.stringify({ problems })}\n` : `${file}: nothing wrong with it\n`);
    return exitCodes.stopped;
  });
}

/** `lamplighter config import`: what `uci export` wrote, as a document. @returns as `renderDocument` */
export function importDocument(file: string, flags: { json?: boolean }, io: Outside = outside): number {
  return reading(io, flags, () => {
    const { document, problems } = readOpenWrt(bounded(io.read(file)));
    if (problems.length > 0) return refuse(problems, flags, io);
    io.out(`${JSON.stringify(document, null, 2)}\n`);
    for (const { path, message } of documentProblems(document))
      io.error(`lamplighter: ${path}: ${message}: it has to be put right before it can go to a device\n`);
    return exitCodes.stopped;
  });
}

/** `lamplighter config schema`: JSON Schema of a document, for editors. */
export function printSchema(io: Outside = outside): number {
  io.out(`${JSON.stringify(documentSchema(), null, 2)}\n`);
  return exitCodes.stopped;
}

/** What the hardware can't do is looked at in a document that is right in itself. */
function orUnsuited(problems: Problem[], document: unknown, { profile }: CheckFlags): Problem[] {
  if (profile === undefined) return problems;
  const known = profileOf(profile);
  if (!known) throw new Error(`--profile: no "${profile}"; known are ${profiles.map(({ board }) => board).join(" ")}`);
  return problems.length > 0 ? problems : profileProblems(known, document as Record<string, unknown>);
}

function rendered(
  format: string,
  document: Record<string, unknown>,
): { lines: Line[]; problems: Problem[]; left: Problem[] } {
  if (format === "uci") return { lines: uciLines(renderOpenWrt(document).packages), problems: [], left: [] };
  if (format !== "linux") throw new Error(`--format: uci or linux expected, "${format}" found`);
  const { files, problems, left } = renderLinux(document);
  const form = (text: string): Line => ({ text, from: "" });
  const lines = files.flatMap(({ path, mode, lines: own }, i) => [
    ...(i === 0 ? [] : [form("")]),
    form(`# ${path} (${mode})`),
    ...own,
  ]);
  return { lines, problems, left };
}

/** Each line, and behind it the setting that put it there. */
function explained(lines: readonly Line[]): string {
  const width = Math.min(72, Math.max(...lines.map(({ text }) => text.length)));
  return lines.map(({ text, from }) => `${from === "" ? text : `${text.padEnd(width)}  # ${from}`}\n`).join("");
}

function bounded(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytes) throw new Error(`${bytes} bytes, at most ${mostBytes} are read`);
  return text;
}

/** JSON, or YAML with the same words. */
function documentIn(file: string, io: Outside): unknown {
  const text = bounded(io.read(file));
  return /^\s*[[{]/.test(text) ? JSON.parse(text) : parse(text, { maxAliasCount: 100 });
}

function refuse(problems: readonly Problem[], { json }: { json?: boolean }, io: Outside): number {
  if (json) io.out(`${JSON.stringify({ problems })}\n`);
  else for (const { path, message } of problems) io.error(`lamplighter: ${path === "" ? "" : `${path}: `}${message}\n`);
  return exitCodes.refused;
}

function reading(io: Outside, flags: { json?: boolean }, work: () => number): number {
  try {
    return work();
  } catch (error) {
    if (error instanceof UciError) return refuse([{ path: "", message: error.message }], flags, io);
    io.error(`lamplighter: ${error instanceof Error ? error.message : String(error)}\n`);
    return exitCodes.failed;
  }
}
