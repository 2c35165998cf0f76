/** What goes onto devices, as data and pure functions. */

export * from "./compose/index.ts";
export { type Change, differences } from "./differences.ts";
export {
  type ConfigDocument,
  configDocument,
  documentProblems,
  type Problem,
  renderProblems,
  strays,
} from "./document.ts";
export { type Cost, costs, type Effect, effectOf } from "./effect.ts";
export { documentLimits } from "./limits.ts";
export { type Rendered, renderLinux } from "./linux/render.ts";
export { openWrtFiles, type RenderedFile } from "./openwrt/files.ts";
export { type Imported, readOpenWrt } from "./openwrt/read.ts";
export { renderOpenWrt } from "./openwrt/render.ts";
export { type Profile, profileOf, profileProblems, profiles } from "./profiles/index.ts";
export { documentSchema } from "./schema-json.ts";
export { type Line, textOf, UciError, uciLines, uciText } from "./uci/index.ts";
