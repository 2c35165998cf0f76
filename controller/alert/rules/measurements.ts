import { catalogue, type Measurement, measurementOf } from "#wire";
import { controllerMeasurement } from "../self/measurement.ts";

/** What rules may look at: what devices measure, and the controller itself. */
export const measurements: Readonly<Record<string, Measurement>> = { ...catalogue, controller: controllerMeasurement };

export const definitionOf = (name: string): Measurement | undefined =>
  name === "controller" ? controllerMeasurement : measurementOf(name);
