import type { Measurement } from "./index.ts";

export const neighbour = {
  meaning: "network equipment that a cable of the device leads to, by LLDP",
  tags: { interface: "name of the device's interface" },
  fields: {
    system_name: { type: "text", unit: "", kind: "state", meaning: "what it calls itself", infrastructure: true },
    chassis: { type: "text", unit: "", kind: "state", meaning: "its chassis id", infrastructure: true },
    port: {
      type: "text",
      unit: "",
      kind: "state",
      meaning: "its port at the other end of the cable",
      infrastructure: true,
    },
    address: { type: "text", unit: "", kind: "state", meaning: "where it is managed, IPv4" },
    uplink: {
      type: "number",
      unit: "",
      kind: "state",
      meaning: "whether the way out is there: 1 yes, 0 no; absent: not known",
    },
  },
} as const satisfies Measurement;

export const gateway = {
  meaning: "the device's default gateway",
  tags: { interface: "name of the interface that leads there" },
  fields: {
    address: { type: "text", unit: "", kind: "state", meaning: "its address, IPv4" },
    hardware_address: { type: "text", unit: "", kind: "state", meaning: "its hardware address", infrastructure: true },
  },
} as const satisfies Measurement;

export const port = {
  meaning: "network ports of the device itself",
  tags: { interface: "name of the interface" },
  fields: {
    hardware_address: {
      type: "text",
      unit: "",
      kind: "state",
      meaning: "its own hardware address",
      infrastructure: true,
    },
  },
} as const satisfies Measurement;
