/** What goes onto devices, as data and pure functions. */
export { type Change, differences } from "./differences.ts";
export { type ConfigDocument, configDocument, documentProblems } from "./document.ts";
export { type Effect, effectOf } from "./effect.ts";
