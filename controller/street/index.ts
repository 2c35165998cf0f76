/** The demo and the fleet simulator: simulated hosts under the real agent. Only its commands import it. */

export { type Call, createApiClient } from "./api.ts";
export { faultNames, faultWords, putRight } from "./break/index.ts";
export { createDemo, type DemoController, demoLimits, type StreetDemo, tokenFile } from "./demo.ts";
export { createFleet, type DeviceStatus, fleetLimits, noFaults } from "./fleet/index.ts";
export { crowd } from "./town/devices.ts";
