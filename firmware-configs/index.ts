/** What goes onto devices, as data and pure functions. */

export * from "./compose/index.ts";
export { type Change, differences } from "./differences.ts";
export { type ConfigDocument, configDocument, documentProblems } from "./document.ts";
export { type Cost, costs, type Effect, effectOf } from "./effect.ts";
