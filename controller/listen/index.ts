import { type KeyObject, X509Certificate } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { type Certificate, givenCertificate, ownCertificate } from "../base/tls.ts";
import { type Settings, type Transport, transport } from "../settings/index.ts";

export interface Listener {
  host: string;
  port: number;
  tls?: { cert: string; key: string };
}

/** Where HTTP and MQTT listen, and with which certificate (DESIGN §7: TLS beyond loopback). */
export async function openListeners(needs: { settings: Settings; key: KeyObject; clock: Clock }) {
  const { settings } = needs;
  const speaks = transport(settings);
  const certificate = await certificateFor([speaks.http, speaks.mqtt], needs);
  const listener = (at: { host: string; port: number }, how: Transport): Listener => ({
    ...at,
    ...(how === "plain" || !certificate ? {} : { tls: { cert: certificate.cert, key: certificate.key } }),
  });
  return {
    http: listener(settings.http, speaks.http),
    mqtt: listener(settings.mqtt, speaks.mqtt),
    /** C of an enrolment token: what devices pin. */
    pin: speaks.http === "plain" ? "" : (certificate?.pin ?? ""),
    /** When our certificate ends; null: we have none. */
    certificateUntil: certificate ? Date.parse(new X509Certificate(certificate.cert).validTo) : null,
    /** Browsers come over TLS: ours, or that of a proxy in front. */
    secure: speaks.http !== "plain" || settings.publicUrl?.startsWith("https:") === true,
    /** Where this machine itself finds what listens on these ports. */
    doors: (ports: { http: number; mqtt: number }) => ({
      mqtt: { host: settings.mqtt.host, port: ports.mqtt },
      http: { host: settings.http.host, port: ports.http, secure: speaks.http !== "plain" },
    }),
    /** Under which people and devices reach the controller that listens on `port`. */
    urlOf(port: number): string {
      if (settings.publicUrl) return settings.publicUrl.replace(/\/$/, "");
      const host = isAny(settings.http.host) ? hostname() : settings.http.host;
      return `${speaks.http === "plain" ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
    },
  };
}
export type Listeners = Awaited<ReturnType<typeof openListeners>>;

async function certificateFor(
  kinds: Transport[],
  needs: { settings: Settings; key: KeyObject; clock: Clock },
): Promise<Certificate | null> {
  const { settings, key, clock } = needs;
  if (kinds.includes("given")) {
    return givenCertificate({ cert: settings.tls.cert ?? "", key: settings.tls.key ?? "" });
  }
  if (!kinds.includes("own")) return null;
  const file = join(settings.dataDir, "keys", "tls.cert.pem");
  return await ownCertificate({ key, file, names: names(settings), clock });
}

const isAny = (host: string): boolean => host === "0.0.0.0" || host === "::";

/** Every name and address under which somebody may call. */
function names(settings: Settings): string[] {
  const hosts = [settings.http.host, settings.mqtt.host].filter((host) => !isAny(host));
  const own = [settings.http.host, settings.mqtt.host].some(isAny)
    ? [hostname(), ...Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((one) => one.address))]
    : [];
  const known = settings.publicUrl ? [new URL(settings.publicUrl).hostname] : [];
  return [...hosts, ...own.filter((name) => !name.includes("%")), ...known];
}

/** What a program beside it needs to reach this one; `url` as people and devices are told it. */
export interface RunFile {
  pid: number;
  http: number;
  mqtt: number;
  url: string;
}

const runFile = (dataDir: string): string => join(dataDir, "run.json");

/** At a start and at the end: whoever waits for the file must not meet the ports of another run. */
export const removeRunFile = (dataDir: string): void => rmSync(runFile(dataDir), { force: true });

/** `<data dir>/run.json`, whole or not at all: whoever waits for it may connect. */
export function writeRunFile(dataDir: string, run: RunFile): void {
  const file = runFile(dataDir);
  writeFileSync(`${file}.new`, `${JSON.stringify(run)}\n`);
  renameSync(`${file}.new`, file);
}
