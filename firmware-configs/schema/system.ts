import { z } from "zod";
import { documentLimits } from "../limits.ts";
import { flag, host, key, sectionName, text, unique, whole } from "./values.ts";

export const ntp = z.looseObject({
  id: key(sectionName, "name of the UCI section", { default: "ntp" }),
  enabled: key(flag, "keeps the clock right", { default: true }),
  enable_server: key(flag, "tells others the time", { default: false }),
  server: key(unique(host), "whom it asks"),
});

export const leds = unique(
  z.looseObject({
    id: key(sectionName, "name of the UCI section"),
    name: text(64),
    sysfs: text(128).meta({ description: "as the kernel names it" }),
    trigger: text(64).meta({ description: "what it shows" }),
    default: key(flag, "on before the trigger says otherwise"),
    dev: key(text(64), "device that it shows"),
    delayoff: key(whole(0, 86_400_000), "dark for", { unit: "ms" }),
    delayon: key(whole(0, 86_400_000), "lit for", { unit: "ms" }),
    interval: key(whole(0, 86_400_000), "between two looks", { unit: "ms" }),
    message: key(text(256), "in Morse"),
    mode: key(text(64), "which traffic it shows"),
  }),
);

export const switches = unique(
  z.looseObject({
    id: key(sectionName, "name of the UCI section", { default: "the name" }),
    name: text(64),
    reset: flag,
    enable_vlan: flag,
    vlan: unique(
      z.looseObject({
        id: key(sectionName, "name of the UCI section"),
        device: text(64),
        vlan: whole(0, 4095).meta({ description: "row of the switch's table" }),
        vid: key(whole(0, 4094), "number of the VLAN", { default: "the row" }),
        ports: text(256).meta({ description: 'ports, tagged with a "t": "0t 1"' }),
      }),
    ),
  }),
);

export const files = unique(
  z.strictObject({
    path: text(255).regex(/^\/(?!.*(^|\/)\.\.(\/|$))[^\0]+$/, "an absolute path without .."),
    mode: text(4)
      .regex(/^[0-7]{3,4}$/, "such as 0644")
      .meta({ description: "permissions", default: "0644" }),
    contents: text(documentLimits.fileChars),
  }),
);
