import { isIP } from "node:net";
import { z } from "zod";
import { addressAllowed, readAddress } from "../base/address.ts";

/** What people read of a key, beside its schema. A secret is never echoed and may come from a file. */
export interface About {
  description: string;
  allowed: string;
  secret?: true;
}

/** Keys of the schema are described here, so that the page of settings and the messages cannot drift from it. */
export const about = z.registry<About>();

const key = <T extends z.ZodType>(schema: T, description: string, allowed: string): T => {
  about.add(schema, { description, allowed });
  return schema;
};
const secret = <T extends z.ZodType>(schema: T, description: string, allowed: string): T => {
  about.add(schema, { description, allowed, secret: true });
  return schema;
};
const whole = (from: number, to: number) => z.int().min(from).max(to);
const range = (from: number, to: number, unit = "") => `a whole number from ${from} to ${to}${unit && ` (${unit})`}`;

const hostName = z.string().regex(/^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/);
const listenHost = z.string().refine((host) => isIP(host) !== 0 || hostName.safeParse(host).success);
const port = whole(0, 65_535);
const listenOn = 'a name or address, such as "127.0.0.1", "0.0.0.0" or "::"';
const file = z.string().min(1).max(4_096);

const isNetwork = (text: string): boolean => {
  const [address = "", bits = "", ...more] = text.split("/");
  const family = isIP(address);
  return more.length === 0 && family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
};
const isWebUrl = (text: string): boolean =>
  URL.canParse(text) && /^https?:\/\//.test(text) && !/[?#@]/.test(text) && text.length <= 1_024;

const retentionDays = range(2, 3_650, "days");

/** Every setting, with default and meaning. A key of the YAML file is its path; `http.port` is LAMPLIGHTER_HTTP_PORT. */
export const schema = z.strictObject({
  http: z.strictObject({
    host: key(listenHost.default("127.0.0.1"), "Where the screens, the API and MQTT over WebSocket listen.", listenOn),
    port: key(port.default(8080), "Port of the screens and the API; 0 takes any free one.", range(0, 65_535)),
  }),
  mqtt: z.strictObject({
    host: key(listenHost.default("127.0.0.1"), "Where MQTT listens.", listenOn),
    port: key(port.default(1883), "Port of MQTT; 0 takes any free one.", range(0, 65_535)),
  }),
  dataDir: key(
    file.default("data"),
    "Folder of everything that is kept: records, series, keys.",
    "a path that may be written",
  ),
  store: key(
    z.enum(["embedded", "influx"]).default("embedded"),
    "Where measurements are kept: in files of our own, or in InfluxDB 1.x.",
    '"embedded" or "influx"',
  ),
  influx: z.strictObject({
    url: key(
      z.string().refine(isWebUrl).default("http://127.0.0.1:8086"),
      "Address of InfluxDB.",
      "a URL with http or https",
    ),
    database: key(
      z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,64}$/)
        .default("lamplighter"),
      "Database; made if it is not there.",
      "1-64 of A-Z a-z 0-9 _ -",
    ),
    username: key(z.string().max(256).optional(), "User name, where InfluxDB asks for one.", "at most 256 letters"),
    password: secret(z.string().max(1_024).optional(), "Its password.", "at most 1,024 letters"),
    timeoutMs: key(
      whole(100, 120_000).default(10_000),
      "How long one request to InfluxDB may take.",
      range(100, 120_000, "milliseconds"),
    ),
  }),
  retention: z.strictObject({
    rawDays: key(whole(2, 3_650).default(14), "How long measurements are kept as they were made.", retentionDays),
    fiveMinuteDays: key(
      whole(3, 3_651).default(120),
      "How long their 5-minute values are kept: longer than the measurements.",
      range(3, 3_651, "days, more than retention.rawDays"),
    ),
    hourlyDays: key(
      whole(4, 7_300).default(1_826),
      "How long their hourly values are kept: longer than the 5-minute values.",
      range(4, 7_300, "days, more than retention.fiveMinuteDays"),
    ),
  }),
  publicUrl: key(
    z.string().refine(isWebUrl).optional(),
    "Address under which people and devices reach this controller, when it is another than the one it listens on.",
    "a URL with http or https, without user, query or fragment",
  ),
  adminPassword: secret(
    z.string().min(12).max(256).optional(),
    'Password of the user "admin" that the first start makes; generated and printed once when absent. Later starts ignore it.',
    "12-256 letters",
  ),
  logLevel: key(
    z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
    "The least that is logged.",
    '"debug", "info", "warn", "error" or "silent"',
  ),
  outboundAllow: key(
    z.array(z.string().refine(isNetwork)).max(64).default([]),
    "Private networks that channels and probes of the controller may call; loopback and private addresses are refused otherwise.",
    "at most 64 networks in CIDR, such as 10.1.0.0/16",
  ),
  insecure: key(
    z.boolean().default(false),
    "Listens beyond loopback without TLS. Passwords and measurements then travel readable.",
    "true or false",
  ),
  tls: z.strictObject({
    cert: key(
      file.optional(),
      "PEM file of the certificate with its chain; our own is made when absent.",
      "a path, with tls.key",
    ),
    key: key(file.optional(), "PEM file of its private key.", "a path, with tls.cert"),
  }),
  limits: z.strictObject({
    connections: key(whole(1, 200_000).default(20_000), "Devices connected at the same time.", range(1, 200_000)),
    queueMessages: key(
      whole(100, 1_000_000).default(20_000),
      "Messages that wait for the store; what finds the queue full is sent again by its device later.",
      range(100, 1_000_000),
    ),
    queueBytes: key(
      whole(1_048_576, 4_294_967_296).default(134_217_728),
      "Their size in all.",
      range(1_048_576, 4_294_967_296, "bytes"),
    ),
  }),
  presence: z.strictObject({
    reconnectGraceMs: key(
      whole(100, 600_000).default(20_000),
      "After a broken connection, how long a device may stay silent before it is being checked.",
      range(100, 600_000, "milliseconds"),
    ),
    suspectMs: key(
      whole(100, 600_000).default(10_000),
      "How long a silent device is being checked before it is offline.",
      range(100, 600_000, "milliseconds"),
    ),
    startupGraceMs: key(
      whole(1_000, 3_600_000).default(90_000),
      "After a start of the controller, how long devices have to come back (at least two of their intervals).",
      range(1_000, 3_600_000, "milliseconds"),
    ),
  }),
  alert: z.strictObject({
    holdMs: key(
      whole(0, 600_000).default(20_000),
      "From when a silent device is being checked, how long its neighbours have to follow before it stands alone.",
      range(0, 600_000, "milliseconds"),
    ),
    stoppedHoldMs: key(
      whole(0, 3_600_000).default(180_000),
      "The same for a device that said goodbye, which may just restart.",
      range(0, 3_600_000, "milliseconds"),
    ),
    groupWaitMs: key(
      whole(0, 600_000).default(15_000),
      "How long an incident waits, from when its first device is being checked, before it is told; what is over by then is told to nobody.",
      range(0, 600_000, "milliseconds"),
    ),
    groupIntervalMs: key(
      whole(1_000, 86_400_000).default(300_000),
      "The least time between two notices of an incident that only grows.",
      range(1_000, 86_400_000, "milliseconds"),
    ),
    recoveryGraceMs: key(
      whole(0, 3_600_000).default(120_000),
      "How long the last devices of a site have once the site is back (at least three of their intervals).",
      range(0, 3_600_000, "milliseconds"),
    ),
    settleMs: key(
      whole(0, 3_600_000).default(300_000),
      "After the end of a silence or a maintenance window, how long what it held back has to settle before it is told.",
      range(0, 3_600_000, "milliseconds"),
    ),
    storeGraceMs: key(
      whole(0, 3_600_000).default(30_000),
      "How long measurements cannot be stored before somebody is told.",
      range(0, 3_600_000, "milliseconds"),
    ),
    agentDownForMs: key(
      whole(0, 86_400_000).default(300_000),
      "How long an agent may be silent while its device still answers at its address, before somebody is told.",
      range(0, 86_400_000, "milliseconds"),
    ),
    references: key(
      z
        .array(z.string().refine((text) => readAddress(text) !== null))
        .max(8)
        .default([]),
      "Hosts that are always there: while none of them answers, the controller takes itself for blind and accuses no device. Private ones have to be in outboundAllow.",
      `at most 8 of: ${addressAllowed}`,
    ),
    watchdogUrl: key(
      z.string().max(2_048).refine(isWebUrl).optional(),
      "Called once a minute while incidents are decided and devices are seen: a dead man's switch outside, that tells people when it is no longer called.",
      "a URL with http or https, without user, query or fragment",
    ),
  }),
  config: z.strictObject({
    drift: key(
      z.enum(["show", "repair"]).default("show"),
      "What becomes of files that somebody changed on a device: they are shown, or an hour after the last change put right.",
      '"show" or "repair"',
    ),
  }),
});

export type Settings = z.infer<typeof schema>;
