import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../controller/base/clock.ts";
import { openKeys } from "../../../controller/base/keys.ts";
import { openListeners, removeRunFile, writeRunFile } from "../../../controller/listen/index.ts";
import { loadSettings } from "../../../controller/settings/index.ts";

describe("where the controller listens", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lamplighter-listen-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const listeners = (env: Record<string, string>) => {
    const settings = loadSettings({ env: { LAMPLIGHTER_DATA_DIR: folder, ...env } });
    return openListeners({ settings, key: openKeys(join(folder, "keys")).tls, clock: systemClock });
  };

  it("is plain on loopback, TLS with a pin beyond, plain there only when told", async () => {
    const loopback = await listeners({});
    expect([loopback.http.tls, loopback.mqtt.tls, loopback.pin, loopback.secure]).toEqual([
      undefined,
      undefined,
      "",
      false,
    ]);
    const beyond = await listeners({ LAMPLIGHTER_HTTP_HOST: "0.0.0.0", LAMPLIGHTER_MQTT_HOST: "0.0.0.0" });
    expect(beyond.http.tls?.cert).toContain("BEGIN CERTIFICATE");
    expect(beyond.mqtt.tls).toEqual(beyond.http.tls);
    expect(beyond.pin).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(beyond.secure).toBe(true);
    const insecure = await listeners({ LAMPLIGHTER_HTTP_HOST: "0.0.0.0", LAMPLIGHTER_INSECURE: "true" });
    expect([insecure.http.tls, insecure.pin, insecure.secure]).toEqual([undefined, "", false]);
  });

  it("keeps cookies for TLS when a proxy in front speaks it", async () => {
    const behind = await listeners({ LAMPLIGHTER_PUBLIC_URL: "https://lamps.example" });
    expect([behind.http.tls, behind.secure, behind.urlOf(8080)]).toEqual([undefined, true, "https://lamps.example"]);
  });

  it("takes the ports of another run away before it starts", () => {
    const run = { pid: 1, http: 2, mqtt: 3, url: "http://127.0.0.1:2" };
    writeRunFile(folder, run);
    expect(JSON.parse(readFileSync(join(folder, "run.json"), "utf8"))).toEqual(run);
    removeRunFile(folder);
    removeRunFile(folder);
    expect(existsSync(join(folder, "run.json"))).toBe(false);
  });
});
