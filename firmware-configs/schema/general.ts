import { z } from "zod";
import { zoneOf } from "../openwrt/zones.ts";
import { cidrOrNone, key, sectionName, text } from "./values.ts";

export const general = z.looseObject({
  hostname: key(
    text(63)
      .min(1, "at least 1 letter")
      .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, "letters, digits, dots and dashes"),
    "name of the device in its own network",
  ),
  timezone: key(
    text(64).refine((name) => zoneOf(name) !== undefined, "a time zone of the tz database, such as Europe/London"),
    "time zone",
    { default: "UTC" },
  ),
  ula_prefix: key(cidrOrNone, "IPv6 prefix for addresses within the site"),
  globals_id: key(sectionName, "name of the UCI section with the prefix", { default: "globals" }),
  id: key(sectionName, "name of the UCI section of the system", { default: "system" }),
  maintainer: key(text(), "who looks after the device"),
  description: key(text(), "notes"),
});
