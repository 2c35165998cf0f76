import type { Measurement } from "./index.ts";

export const interfaces = {
  meaning: "network interfaces",
  tags: { interface: "name of the interface" },
  fields: {
    rx_bytes: { type: "number", unit: "B", kind: "counter", meaning: "received" },
    tx_bytes: { type: "number", unit: "B", kind: "counter", meaning: "sent" },
    rx_packets: { type: "number", unit: "", kind: "counter", meaning: "packets received" },
    tx_packets: { type: "number", unit: "", kind: "counter", meaning: "packets sent" },
    rx_errors: { type: "number", unit: "", kind: "counter", meaning: "packets received broken" },
    tx_errors: { type: "number", unit: "", kind: "counter", meaning: "packets that could not be sent" },
    rx_drops: { type: "number", unit: "", kind: "counter", meaning: "packets received and thrown away" },
    tx_drops: { type: "number", unit: "", kind: "counter", meaning: "packets thrown away before sending" },
    up: { type: "number", unit: "", kind: "state", meaning: "link: 1 up, 0 down" },
    speed_mbps: { type: "number", unit: "Mbit/s", kind: "gauge", meaning: "speed that was negotiated" },
  },
} as const satisfies Measurement;
