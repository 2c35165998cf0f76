/** The controller's settings (DESIGN §7): one YAML file, every key overridable by environment. A leaf beside base. */
export { renderSettings } from "./document.ts";
export { loadSettings } from "./load.ts";
export type { Settings } from "./schema.ts";
export { type Transport, transport } from "./transport.ts";
