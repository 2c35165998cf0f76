import { limits, utf8Length } from "#wire";
import {
  type ConfigDocument,
  openWrtFiles,
  type Problem,
  profileOf,
  profileProblems,
  renderLinux,
  textOf,
} from "../../firmware-configs/index.ts";

/** What reads a device's files. */
export const renderers = ["openwrt", "linux"] as const;
export type Renderer = (typeof renderers)[number];

/** A file as the device gets it. */
export interface DeviceFile {
  path: string;
  mode: number;
  text: string;
}

/** What a document becomes on a device. */
export interface Rendered {
  /** null: no file comes of it. */
  by: Renderer | null;
  files: DeviceFile[];
  /** What the device has no words for: it is left out. */
  left: Problem[];
}
export const nothingRendered: Rendered = { by: null, files: [], left: [] };

/** The agent applies it itself; everything else becomes files. */
const agents = ["type", "agent"];

/** By the device's profile: a hardware model that is known, any other OpenWrt ("openwrt"), or plain Linux ("linux"). */
export const rendererOf = (profile: string | null): Renderer | null =>
  renderers.find((one) => one === profile) ?? (profile !== null && profileOf(profile) ? "openwrt" : null);

/** @param document without problems of its own
 *  @returns with what is wrong with it for this device, by path: then nothing may be sent */
export function render(profile: string | null, document: ConfigDocument): Rendered & { problems: Problem[] } {
  const sections = Object.keys(document).filter((key) => !agents.includes(key));
  if (sections.length === 0) return { ...nothingRendered, problems: [] };
  const by = rendererOf(profile);
  if (by === null) {
    const message =
      profile === null
        ? `no hardware profile: give the device one (a model that is known, ${named(renderers)})`
        : `"${profile}" is no hardware profile that is known, nor ${named(renderers)}`;
    return { ...nothingRendered, problems: sections.map((path) => ({ path, message })) };
  }
  const model = profile === null ? undefined : profileOf(profile);
  const unsuited = model ? profileProblems(model, document) : [];
  const { files, problems, left } = filesOf(by, document);
  const wrong = [...unsuited, ...problems];
  if (wrong.length === 0) wrong.push(...tooMuch(document, files));
  return { by: files.length > 0 ? by : null, files, left, problems: wrong };
}

/** The agent's part of a document. */
export const forAgent = ({ agent }: ConfigDocument): Pick<ConfigDocument, "agent"> =>
  agent === undefined ? {} : { agent };

function filesOf(by: Renderer, document: ConfigDocument): Omit<Rendered, "by"> & { problems: Problem[] } {
  if (by === "openwrt") {
    const made = openWrtFiles(document).map(({ path, mode, contents }) => ({ path, mode, text: contents }));
    return withModes(made, [], []);
  }
  const { files, problems, left } = renderLinux(document);
  const unread = document.sensors === undefined ? [] : [{ path: "sensors", message: "not read on plain Linux yet" }];
  const made = files.map(({ path, mode, lines }) => ({ path, mode, text: textOf(lines) }));
  return withModes(made, problems, [...left, ...unread]);
}

/** Modes are texts in octal up to here. */
function withModes(made: { path: string; mode: string; text: string }[], problems: Problem[], left: Problem[]) {
  const files = made.map((file) => ({ ...file, mode: Number.parseInt(file.mode, 8) }));
  const special = files.filter(({ mode }) => mode > 0o777);
  const message = "at most 0777: a file may not run as somebody else";
  return { files, left, problems: [...problems, ...special.map(({ path }) => ({ path, message }))] };
}

/** For what surrounds the files in a signed message. */
const headBytes = 2 * 1024;

function tooMuch(document: ConfigDocument, files: readonly DeviceFile[]): Problem[] {
  if (files.length > limits.configFiles)
    return [{ path: "files", message: `${files.length} files come of it; at most ${limits.configFiles} are allowed` }];
  const long = files.find(({ path }) => utf8Length(path) > pathBytes);
  if (long) return [{ path: "files", message: `${long.path}: a path of at most ${pathBytes} bytes is allowed` }];
  const body = JSON.stringify({ document: forAgent(document), files });
  const bytes = utf8Length(body);
  // The body is a text within the message, so what is escaped in it is escaped twice.
  const most = Math.min(limits.bodyBytes, limits.packetBytes - (utf8Length(JSON.stringify(body)) - bytes)) - headBytes;
  if (bytes <= most) return [];
  const largest = files.reduce((a, b) => (b.text.length > a.text.length ? b : a), files[0] as DeviceFile);
  return [
    { path: "files", message: `${bytes} bytes come of it, most of them ${largest.path}; at most ${most} are allowed` },
  ];
}

const pathBytes = 255;
const named = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(" or ");

/** Files as they may be kept and compared: made of the document as it may be shown, so nothing of a secret is in them.
 *  A secret that decides what the files are, and not only what stands in them, leaves nothing that could be shown. */
export function keptFiles(by: Renderer | null, shown: ConfigDocument): DeviceFile[] {
  if (by === null) return [];
  try {
    return filesOf(by, stoodIn(shown) as ConfigDocument).files;
  } catch {
    return [];
  }
}

/** A secret as a text, with the digest that tells whether it is another. */
function stoodIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stoodIn);
  if (typeof value !== "object" || value === null) return value;
  const { secret, digest } = value as Record<string, unknown>;
  if (secret === true && typeof digest === "string") return `(secret:${digest})`;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, stoodIn(inner)]));
}

/** Of kept text: as people see it. */
export const veiledText = (text: string): string => text.replace(/\(secret:[\w-]{22}\)/g, "(secret)");
export const veiledFiles = (files: readonly DeviceFile[]): DeviceFile[] =>
  files.map((file) => ({ ...file, path: veiledText(file.path), text: veiledText(file.text) }));
