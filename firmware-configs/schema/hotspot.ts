import { z } from "zod";
import { flag, host, key, networkName, text, unique, whole } from "./values.ts";

const time = text(5).regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "a time, such as 07:30");
const span = z
  .tuple([time, time], "two times expected")
  .refine(([from, to]) => from < to, "the first is before the second; over midnight, write two");
const day = z.array(span).max(6, "at most 6").optional();
const hours = z.union([
  z.literal("always"),
  z.strictObject({ mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day }),
]);
const kbps = (description: string) => key(whole(64, 10_000_000), description, { unit: "kbit/s" });

const portal = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("none").meta({ description: "nobody is asked anything" }) }),
    z.strictObject({
      kind: z.literal("click").meta({ description: "a page with the terms, and a button" }),
      terms: key(text(), "what is agreed to"),
      redirect: key(
        z.url({ protocol: /^https?$/, error: "an http:// or https:// address" }).max(1000),
        "where to afterwards",
      ),
    }),
    z.strictObject({
      kind: z.literal("external").meta({ description: "a page elsewhere, which says who may in" }),
      url: z
        .url({ protocol: /^https$/, error: "an https:// address" })
        .max(1000)
        .meta({ description: "its address" }),
      secret: key(text(128), "shared with that page", {}),
    }),
  ],
  "the kind is none, click or external",
);

/** A network for the public, by name. */
export const hotspot = unique(
  z.strictObject({
    name: text(32).regex(/^[A-Za-z0-9_-]{1,32}$/, "1-32 letters, digits, _ and -"),
    network: networkName.min(1, "the network that it is for").meta({ description: "logical network of its clients" }),
    disabled: key(flag, "off, without forgetting the rest", { default: false }),
    portal: portal.optional(),
    walled_garden: key(unique(host), "names and addresses that anybody may reach before agreeing"),
    isolation: key(flag, "clients do not hear each other", { default: true }),
    per_client: z
      .strictObject({
        down_kbps: kbps("to a client"),
        up_kbps: kbps("from a client"),
        session_minutes: key(whole(1, 10_080), "after which it has to agree anew", { unit: "min" }),
        idle_minutes: key(whole(1, 1440), "without a word, after which it is forgotten", { unit: "min" }),
        data_mib: key(whole(1, 1_048_576), "in a session", { unit: "MiB" }),
      })
      .optional(),
    per_ssid: z
      .strictObject({
        down_kbps: kbps("to all clients"),
        up_kbps: kbps("from all clients"),
        clients: key(whole(1, 512), "at once, on each radio"),
      })
      .optional(),
    opening_hours: key(hours, "when it is on, in the device's time zone", { default: "always" }),
  }),
  16,
).refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "two have the same name");
