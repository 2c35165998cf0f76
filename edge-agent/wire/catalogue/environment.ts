import type { Measurement } from "./index.ts";

export const environment = {
  meaning: "the street, as sensors on the device feel it",
  tags: { sensor: "name that the kernel gives the sensor" },
  fields: {
    temperature_celsius: { type: "number", unit: "°C", kind: "gauge", meaning: "temperature of the air" },
    humidity_percent: { type: "number", unit: "%", kind: "gauge", meaning: "relative humidity of the air" },
    pressure_hpa: { type: "number", unit: "hPa", kind: "gauge", meaning: "pressure of the air" },
    illuminance_lux: { type: "number", unit: "lx", kind: "gauge", meaning: "light that falls on it" },
    pm25_ug_per_m3: { type: "number", unit: "µg/m³", kind: "gauge", meaning: "fine dust, up to 2.5 µm" },
  },
} as const satisfies Measurement;
