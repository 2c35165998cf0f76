import { catalogue, type Measurement, measurementOf } from "#wire";
import { configMeasurement, controllerMeasurement } from "../self/measurement.ts";

/** What only the controller knows. */
const own: Readonly<Record<string, Measurement>> = { controller: controllerMeasurement, config: configMeasurement };

/** What rules may look at: what devices measure, and what the controller knows of itself and of them. */
export const measurements: Readonly<Record<string, Measurement>> = { ...catalogue, ...own };

export const definitionOf = (name: string): Measurement | undefined =>
  Object.hasOwn(own, name) ? own[name] : measurementOf(name);
