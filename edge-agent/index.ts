/** The agent's door: one device, on whatever host it is given. */
export { type Agent, type AgentNeeds, BadSettings, createAgent } from "./agent.ts";
export {
  createLinuxHost,
  type Disk,
  type Files,
  type Host,
  type Programs,
  type Sockets,
  type Time,
} from "./host/index.ts";
export type { Log } from "./log.ts";
export { readSettings, type Settings } from "./settings.ts";
export { BrokenIdentity } from "./trust/index.ts";
