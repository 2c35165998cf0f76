/** UCI, the configuration format of OpenWrt: text ↔ packages, sections and options. */
export { type ReadPackages, type ReadSection, readUci, UciError, uciLimits } from "./read.ts";
export * from "./section.ts";
export { type Line, textOf, uciLines, uciText } from "./write.ts";
