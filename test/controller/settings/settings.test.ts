import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SettingsError } from "../../../controller/base/errors.ts";
import { loadSettings, renderSettings, transport } from "../../../controller/settings/index.ts";
import { keys } from "../../../controller/settings/keys.ts";
import { settingsLimits } from "../../../controller/settings/load.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lamplighter-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(text: string, name = "lamplighter.yaml"): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
function refusal(needs: Parameters<typeof loadSettings>[0]): SettingsError {
  try {
    loadSettings(needs);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error("not refused");
}

test("nothing set: loopback, embedded, no password", () => {
  expect(loadSettings({ env: {} })).toMatchObject({
    http: { host: "127.0.0.1", port: 8080 },
    mqtt: { host: "127.0.0.1", port: 1883 },
    store: "embedded",
    insecure: false,
    outboundAllow: [],
  });
});

test("the environment is above the file, the file above the default; both forms say the same", () => {
  const path = file("http:\n  port: 9000\n  host: 127.0.0.2\nstore: influx\noutboundAllow: [10.0.0.0/8, 'fd00::/8']\n");
  expect(loadSettings({ env: { LAMPLIGHTER_HTTP_PORT: "0" }, file: path })).toMatchObject({
    http: { port: 0, host: "127.0.0.2" },
    mqtt: { port: 1883 },
    store: "influx",
    outboundAllow: ["10.0.0.0/8", "fd00::/8"],
  });
  const env = {
    LAMPLIGHTER_OUTBOUND_ALLOW: "10.0.0.0/8, fd00::/8",
    LAMPLIGHTER_INSECURE: "true",
    LAMPLIGHTER_DATA_DIR: "/x",
  };
  expect(loadSettings({ env })).toMatchObject({
    outboundAllow: ["10.0.0.0/8", "fd00::/8"],
    insecure: true,
    dataDir: "/x",
  });
});

test("every key has its own variable, a meaning and what is allowed", () => {
  expect(new Set(keys.map((key) => key.env)).size).toBe(keys.length);
  expect(keys.map((key) => key.env)).toEqual(
    expect.arrayContaining([
      "LAMPLIGHTER_HTTP_PORT",
      "LAMPLIGHTER_MQTT_PORT",
      "LAMPLIGHTER_DATA_DIR",
      "LAMPLIGHTER_STORE",
      "LAMPLIGHTER_INFLUX_URL",
      "LAMPLIGHTER_PUBLIC_URL",
      "LAMPLIGHTER_ADMIN_PASSWORD",
      "LAMPLIGHTER_LOG_LEVEL",
      "LAMPLIGHTER_OUTBOUND_ALLOW",
      "LAMPLIGHTER_INSECURE",
    ]),
  );
  const page = renderSettings();
  for (const key of keys) {
    expect(page).toContain(`| \`${key.path}\` | \`${key.env}\``);
    expect(key.description).toMatch(/\.$/);
    expect(key.allowed).not.toBe("");
  }
});

describe("a wrong setting names the key, what was found and what is allowed", () => {
  test.each([
    ["LAMPLIGHTER_HTTP_PORT", "65536", "http.port", "65536"],
    ["LAMPLIGHTER_HTTP_PORT", "8080 ", "http.port", '"8080 "'],
    ["LAMPLIGHTER_MQTT_PORT", "-1", "mqtt.port", "-1"],
    ["LAMPLIGHTER_STORE", "postgres", "store", '"postgres"'],
    ["LAMPLIGHTER_INFLUX_URL", "ftp://x", "influx.url", '"ftp://x"'],
    ["LAMPLIGHTER_PUBLIC_URL", "https://a:b@x", "publicUrl", '"https://a:b@x"'],
    ["LAMPLIGHTER_INSECURE", "yes", "insecure", '"yes"'],
    ["LAMPLIGHTER_HTTP_HOST", "no host", "http.host", '"no host"'],
    ["LAMPLIGHTER_OUTBOUND_ALLOW", "10.0.0.0/33", "outboundAllow", '["10.0.0.0/33"]'],
    ["LAMPLIGHTER_RETENTION_RAW_DAYS", "1", "retention.rawDays", "1"],
    ["LAMPLIGHTER_RETENTION_RAW_DAYS", "120", "retention.fiveMinuteDays", "120"],
    ["LAMPLIGHTER_RETENTION_FIVE_MINUTE_DAYS", "14", "retention.fiveMinuteDays", "14"],
    ["LAMPLIGHTER_RETENTION_HOURLY_DAYS", "120", "retention.hourlyDays", "120"],
  ])("%s=%s", (name, value, key, found) => {
    const error = refusal({ env: { [name]: value } });
    expect(error).toMatchObject({ key, found });
    expect(error.message).toContain(error.allowed);
  });

  test("in the file, too", () => {
    expect(refusal({ env: {}, file: file("http: 80\n") })).toMatchObject({ key: "http", found: "80" });
    expect(refusal({ env: {}, file: file("http:\n  port: '80'\n") })).toMatchObject({
      key: "http.port",
      found: '"80"',
    });
    expect(refusal({ env: {}, file: file("http: [\n") }).allowed).toBe("YAML");
    expect(refusal({ env: {}, file: join(folder, "none.yaml") }).found).toContain("ENOENT");
  });

  test("a key that does not exist names the nearest that does", () => {
    expect(refusal({ env: {}, file: file("htttp:\n  port: 1\n") }).message).toContain('"htttp"');
    expect(refusal({ env: {}, file: file("http:\n  prot: 1\n") }).allowed).toBe('did you mean "http.port"?');
    expect(refusal({ env: { LAMPLIGHTER_HTTP_PROT: "1" } }).allowed).toBe("did you mean LAMPLIGHTER_HTTP_PORT?");
    expect(refusal({ env: {}, file: file("__proto__:\n  x: 1\n") }).message).toContain("__proto__");
  });

  test("a secret is not echoed", () => {
    const error = refusal({ env: { LAMPLIGHTER_ADMIN_PASSWORD: "tooshort" } });
    expect(error.key).toBe("adminPassword");
    expect(`${error.message}${error.found}`).not.toContain("tooshort");
  });

  test("half a certificate", () => {
    expect(refusal({ env: { LAMPLIGHTER_TLS_CERT: "x.pem" } }).key).toBe("tls.key");
  });

  test("an address without TLS beside a server that serves TLS", () => {
    const env = { LAMPLIGHTER_HTTP_HOST: "0.0.0.0", LAMPLIGHTER_PUBLIC_URL: "http://lamps.example" };
    expect(refusal({ env }).key).toBe("publicUrl");
    expect(loadSettings({ env: { ...env, LAMPLIGHTER_INSECURE: "true" } }).publicUrl).toBe("http://lamps.example");
  });
});

test("variables of others are left alone; empty ones are as good as none", () => {
  const env = {
    LAMPLIGHTER_AGENT_TOKEN: "x",
    LAMPLIGHTER_SERVICE_HOST: "10.0.0.1",
    LAMPLIGHTER_PORT_8080_TCP_ADDR: "10.0.0.1",
    LAMPLIGHTER_PUBLIC_URL: "",
    HOME: "/",
  };
  expect(loadSettings({ env }).publicUrl).toBeUndefined();
});

describe("secrets from files", () => {
  test("lose their last line end and nothing else", () => {
    const path = file(" a password with spaces \n", "secret");
    expect(loadSettings({ env: { LAMPLIGHTER_ADMIN_PASSWORD_FILE: path } }).adminPassword).toBe(
      " a password with spaces ",
    );
  });

  test("are refused beside the variable itself, when too long, and for what is no secret", () => {
    const path = file("x".repeat(settingsLimits.secretBytes + 1), "secret");
    const both = { LAMPLIGHTER_ADMIN_PASSWORD_FILE: path, LAMPLIGHTER_ADMIN_PASSWORD: "correct horse" };
    expect(refusal({ env: both }).allowed).toBe("one of the two");
    expect(refusal({ env: { LAMPLIGHTER_ADMIN_PASSWORD_FILE: path } }).found).toContain("too long");
    expect(refusal({ env: { LAMPLIGHTER_STORE_FILE: path } }).found).toContain("does not exist");
  });
});

test("a file that grows when read is refused", () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [${"*a, ".repeat(9)}]\nc: [${"*b, ".repeat(9)}]\n`;
  expect(refusal({ env: {}, file: file(bomb) })).toBeInstanceOf(SettingsError);
  expect(refusal({ env: {}, file: file(`# ${"x".repeat(settingsLimits.fileBytes)}\n`) }).found).toContain("too long");
});

test("whatever a file holds: settings, or a SettingsError", () => {
  const leaf = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string(), { maxLength: 2 }),
  );
  const names = fc.constantFrom("http", "port", "host", "store", "tls", "cert", "limits", "__proto__", "x");
  const tree = fc.dictionary(names, fc.oneof(leaf, fc.dictionary(names, leaf, { maxKeys: 3 })), { maxKeys: 4 });
  fc.assert(
    fc.property(tree, (content) => {
      try {
        loadSettings({ env: {}, file: file(JSON.stringify(content)) });
      } catch (error) {
        expect(error).toBeInstanceOf(SettingsError);
      }
    }),
    { numRuns: 200 },
  );
});

test("beyond loopback it is TLS, with the given certificate or our own, unless it is said otherwise", () => {
  const speaks = (env: Record<string, string>) => transport(loadSettings({ env }));
  expect(speaks({})).toEqual({ http: "plain", mqtt: "plain" });
  expect(speaks({ LAMPLIGHTER_HTTP_HOST: "0.0.0.0" })).toEqual({ http: "own", mqtt: "plain" });
  expect(speaks({ LAMPLIGHTER_HTTP_HOST: "::1", LAMPLIGHTER_MQTT_HOST: "lamps.example" })).toEqual({
    http: "plain",
    mqtt: "own",
  });
  expect(speaks({ LAMPLIGHTER_HTTP_HOST: "127.evil.example" }).http).toBe("own");
  expect(speaks({ LAMPLIGHTER_HTTP_HOST: "::", LAMPLIGHTER_INSECURE: "true" })).toEqual({
    http: "plain",
    mqtt: "plain",
  });
  const given = { LAMPLIGHTER_TLS_CERT: "c.pem", LAMPLIGHTER_TLS_KEY: "k.pem" };
  expect(speaks(given)).toEqual({ http: "given", mqtt: "given" });
});
