import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Controller, call, createCleanup, run, startController, temporary } from "./harness.ts";

const cleanup = createCleanup();
afterAll(() => cleanup.run());

/** Runs a command to its end. */
async function ended(file: string, args: string[], env: Record<string, string> = {}) {
  const program = run(cleanup, file, args, env);
  const code = await new Promise<number | null>((done) => program.child.once("close", done));
  return { code, output: program.output() };
}

const free = (dataDir: string) => ({
  LAMPLIGHTER_DATA_DIR: dataDir,
  LAMPLIGHTER_HTTP_PORT: "0",
  LAMPLIGHTER_MQTT_PORT: "0",
});

describe("a wrong setting stops the start with one message", () => {
  const yaml = (name: string, text: string): string[] => {
    const folder = temporary(cleanup, "settings");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
    return ["--settings", join(folder, name)];
  };

  it.each<[string, Record<string, string>, () => string[], RegExp]>([
    ["a port", { LAMPLIGHTER_HTTP_PORT: "99999" }, () => [], /http\.port: found 99999; allowed: .*65535/],
    ["a word for a number", { LAMPLIGHTER_MQTT_PORT: "many" }, () => [], /mqtt\.port: found "many"; allowed: /],
    [
      "an unknown variable",
      { LAMPLIGHTER_HTTPPORT: "1" },
      () => [],
      /LAMPLIGHTER_HTTPPORT: .* did you mean LAMPLIGHTER_HTTP_PORT/,
    ],
    [
      "an unknown key",
      {},
      () => yaml("unknown.yaml", "http:\n  prot: 1\n"),
      /"http\.prot": .* did you mean "http\.port"/,
    ],
    ["a choice", { LAMPLIGHTER_STORE: "mongo" }, () => [], /store: found "mongo"; allowed: "embedded" or "influx"/],
    ["no YAML", {}, () => yaml("broken.yaml", "http: [1\n"), /broken\.yaml": found .*; allowed: YAML/],
    ["no file", {}, () => ["--settings", "/nonexistent/lamplighter.yaml"], /ENOENT.*; allowed: a file/],
    ["a secret", { LAMPLIGHTER_ADMIN_PASSWORD: "hunter2" }, () => [], /adminPassword: found \(a secret, not shown\)/],
    ["half a certificate", { LAMPLIGHTER_TLS_CERT: "a.pem" }, () => [], /tls\.key: found nothing; allowed: both/],
  ])("%s", async (_name, env, args, message) => {
    const folder = temporary(cleanup, "wrong");
    const { code, output } = await ended("lamplighter.js", ["controller", ...args()], { ...free(folder), ...env });
    expect(output).toMatch(message);
    expect(output.trim().split("\n")).toHaveLength(1);
    expect(output).not.toContain("hunter2");
    expect(code).toBe(78);
  });
});

describe("beside a controller that runs", () => {
  let controller: Controller;
  beforeAll(async () => {
    controller = await startController(cleanup);
  });

  it.each(["http", "mqtt"] as const)("a second one on its %s port says so", async (which) => {
    const port = String(controller.ports[which]);
    const { code, output } = await ended("lamplighter.js", ["controller"], {
      ...free(temporary(cleanup, "second")),
      LAMPLIGHTER_LOG_LEVEL: "silent",
      [`LAMPLIGHTER_${which.toUpperCase()}_PORT`]: port,
    });
    expect(output).toMatch(new RegExp(`setting ${which}\\.port: found 127\\.0\\.0\\.1:${port} \\(EADDRINUSE\\)`));
    expect(code).toBe(78);
  });

  it("a second one on its data says so, and the first goes on", async () => {
    const { code, output } = await ended("lamplighter.js", ["controller"], free(controller.dataDir));
    expect(output).toMatch(/setting dataDir: found .* in use by another controller/);
    expect(code).toBe(78);
    expect((await call(controller.url, "GET", "/readyz", undefined)).status).toBe(200);
  });

  it("a token made on the command line is taken by the API", async () => {
    const made = await ended("lamplighter.js", ["token", "create", "reports", "--json"], free(controller.dataDir));
    expect(made.code).toBe(0);
    const { secret, role } = JSON.parse(made.output) as { secret: string; role: string };
    expect(role).toBe("viewer");
    const headers = { authorization: `Bearer ${secret}` };
    expect((await call(controller.url, "GET", "/api/v1/devices", undefined, headers)).status).toBe(200);
    expect((await call(controller.url, "POST", "/api/v1/sites", {}, headers)).status).toBe(403);
    const wrong = { authorization: `Bearer ${secret.slice(0, -4)}AAAA` };
    expect((await call(controller.url, "GET", "/api/v1/devices", undefined, wrong)).status).toBe(401);
  });

  it("a user added on the command line signs in once by the link", async () => {
    const args = ["user", "add", "ann", "--role", "operator", "--json"];
    const made = await ended("lamplighter.js", args, free(controller.dataDir));
    const { link } = JSON.parse(made.output) as { link: string };
    const signIn = () => call<{ name: string; role: string }>(controller.url, "POST", "/api/v1/session", { link });
    const first = await signIn();
    expect([first.status, first.body.name, first.body.role]).toEqual([201, "ann", "operator"]);
    expect((await signIn()).status).toBe(401);
    const twice = await ended("lamplighter.js", args, free(controller.dataDir));
    expect(twice.code).toBe(2);
    const role = await ended("lamplighter.js", ["user", "add", "bob", "--role", "king"], free(controller.dataDir));
    expect([role.code, role.output]).toEqual([78, expect.stringMatching(/--role: found "king"; allowed: viewer/)]);
  });
});

it("beyond loopback it speaks TLS with a certificate of its own, unless told otherwise", async () => {
  const beyond = { LAMPLIGHTER_HTTP_HOST: "0.0.0.0" };
  const secure = await startController(cleanup, beyond);
  expect(secure.url).toMatch(/^https:/);
  const socket = await new Promise<TLSSocket>((done, fail) => {
    const asked = request(`${secure.url}/healthz`, { rejectUnauthorized: false }, (r) => done(r.socket as TLSSocket));
    asked.on("error", fail).end();
  });
  expect(socket.getPeerCertificate().subject.CN).toBe("Lamplighter");
  socket.destroy();
  await expect(call(`http://127.0.0.1:${secure.ports.http}`, "GET", "/healthz", undefined)).rejects.toThrow();
  await secure.end();
  const open = await startController(cleanup, { ...beyond, LAMPLIGHTER_INSECURE: "true" });
  expect(open.url).toMatch(/^http:/);
});

it.each([
  ["lamplighter.js", ["--help"], /controller.*agent.*demo.*user.*token/s],
  ["lamplighter.js", ["controller", "--help"], /--settings/],
  ["lamplighter.js", ["agent", "--help"], /--controller <url>.*--data-dir/s],
  ["lamplighter.js", ["demo", "--help"], /--data-dir.*--port/s],
  ["agent.cjs", ["--help"], /--controller <url>/],
])("%s %j prints help", async (file, args, text) => {
  const { code, output } = await ended(file, args);
  expect(output).toMatch(text);
  expect(code).toBe(0);
});

it("an unknown command is wrong usage", async () => {
  expect(await ended("lamplighter.js", ["dance"])).toMatchObject({ code: 64 });
});
