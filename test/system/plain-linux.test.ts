import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { renderLinux } from "../../firmware-configs/index.ts";

const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];
const find = (program: string): string | undefined =>
  folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
const [hostapd, dnsmasq] = [find("hostapd"), find("dnsmasq")];
for (const [name, file] of Object.entries({ hostapd, dnsmasq }))
  if (file === undefined) console.warn(`skipped: no ${name} here; npm test installs it where it may`);

const document = JSON.parse(
  readFileSync(fileURLToPath(new URL("../firmware-configs/linux/document.json", import.meta.url)), "utf8"),
);
const root = mkdtempSync(join(tmpdir(), "lamplighter-linux-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const files = renderLinux(document).files.map(({ path, lines }) => {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, lines.map(({ text }) => `${text}\n`).join(""));
  return file;
});
const of = (part: string) => files.filter((file) => file.includes(part)).map((file) => [file.slice(root.length), file]);

/** It reads the whole file before it looks for a radio, which there is none of. */
function readByHostapd(file: string): string {
  const done = spawnSync(hostapd as string, ["-d", file], { encoding: "utf8", timeout: 20_000 });
  return `${done.stdout}${done.stderr}`;
}

describe.skipIf(hostapd === undefined)("hostapd", () => {
  it.each(of("/hostapd/"))("reads %s", (_, file = "") => {
    const said = readByHostapd(file);
    expect(said).toContain("Configuration file: ");
    expect(said).not.toMatch(/errors? found in configuration file|Line \d+:|Failed to set up interface.*config/);
  });

  it("would have said what it doesn't know", () => {
    const file = join(root, "wrong.conf");
    writeFileSync(file, "interface=wlan0\ndriver=nl80211\nssid=a\nnonsense=1\n");
    expect(readByHostapd(file)).toContain("1 errors found in configuration file");
  });
});

describe.skipIf(dnsmasq === undefined)("dnsmasq", () => {
  it.each(of("/dnsmasq.d/"))("reads %s", (_, file = "") => {
    const done = spawnSync(dnsmasq as string, ["--test", `--conf-file=${file}`], { encoding: "utf8", timeout: 20_000 });
    expect(done.stderr).toContain("syntax check OK");
    expect(done.status).toBe(0);
  });
});
