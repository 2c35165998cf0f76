import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  profileOf,
  profileProblems,
  readOpenWrt,
  renderOpenWrt,
  renderProblems,
  uciText,
} from "../../firmware-configs/index.ts";
import { dist } from "../system/harness.ts";

export interface ConfigResult {
  devices: number;
  /** Lines of UCI that a device gets. */
  lines: number;
  checkMicros: number;
  renderMicros: number;
  profileMicros: number;
  readMicros: number;
}

const devices = 10_000;

/** What a document of an access point costs: looked at, rendered, read back. One core, each device with a document of its own. */
export function configCosts(): ConfigResult {
  const file = join(dist, "..", "test", "firmware-configs", "fixtures", "lamp-post", "document.json");
  const base = readFileSync(file, "utf8");
  const documents = Array.from({ length: devices }, (_, i): Record<string, unknown> => {
    const document = JSON.parse(base);
    document.general.hostname = `lamp-${i}`;
    document.radios[0].channel = [1, 6, 11][i % 3];
    return document;
  });
  const profile = profileOf("zyxel,nwa55axe");
  if (!profile) throw new Error("the profile is gone");
  const texts: string[] = [];
  const each = (work: (document: Record<string, unknown>) => void): number => {
    for (const document of documents.slice(0, 500)) work(document);
    texts.length = 0;
    // Processor time: what else the machine does is not the document's.
    const began = process.cpuUsage();
    for (const document of documents) work(document);
    const { user, system } = process.cpuUsage(began);
    return (user + system) / devices;
  };
  const renderMicros = each((document) => texts.push(uciText(renderOpenWrt(document).packages)));
  const all = [...texts];
  const checkMicros = each((document) => {
    if (renderProblems(document).length > 0) throw new Error("a document of the bench will not do");
  });
  const profileMicros = each((document) => {
    if (profileProblems(profile, document).length > 0) throw new Error("a document of the bench doesn't suit");
  });
  let i = 0;
  const readMicros = each(() => readOpenWrt(all[i++ % all.length] as string));
  return {
    devices,
    lines: (all[0] ?? "").split("\n").length - 1,
    checkMicros,
    renderMicros,
    profileMicros,
    readMicros,
  };
}
