import { type Block, textOf, uciLines } from "../uci/index.ts";
import { openVpnFiles } from "./openvpn.ts";
import { renderOpenWrt } from "./render.ts";

export interface RenderedFile {
  path: string;
  /** Permissions, in octal. */
  mode: string;
  contents: string;
}

/** Everything that stands on the device's disk because of a document. What the document gives as a file goes before a file
 *  of the same path that was made. */
export function openWrtFiles(document: Block): RenderedFile[] {
  const packages = renderOpenWrt(document).packages.map((one) => ({
    path: `/etc/config/${one.name}`,
    mode: "0600",
    // A file of a package does not name it.
    contents: textOf(uciLines([one]).slice(2)),
  }));
  const given = (document["files"] ?? []) as RenderedFile[];
  const all = new Map([...packages, ...openVpnFiles(document), ...given].map((file) => [file.path, file]));
  return [...all.values()];
}
