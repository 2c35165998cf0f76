export type { Collector, Sample } from "./collector.ts";
export { createEnvironmentCollector } from "./environment/index.ts";
export { createInterfaceCollector } from "./interface/index.ts";
export { createProbeCollector, defaultProbes } from "./probe/index.ts";
export { createRadioCollector } from "./radio/index.ts";
export { createRounds } from "./round.ts";
export { createSystemCollector, type SpoolFacts } from "./system/index.ts";
export { createTopologyCollector } from "./topology/index.ts";
