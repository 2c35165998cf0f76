import { createSocket } from "node:dgram";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer as createHttp } from "node:http";
import { type AddressInfo, createServer as createTcp, type Server } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createLinuxHost } from "../../../edge-agent/index.ts";
import { later, newFolder } from "../setup.ts";

const { files, programs, sockets, time, random } = createLinuxHost();

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", () => done()));
  later(() => new Promise((done) => server.close(done)));
  return (server.address() as AddressInfo).port;
}

describe("files", () => {
  it("are read at most to 1 MiB, those of /proc too, which say that they are empty", async () => {
    const folder = await newFolder();
    await writeFile(join(folder, "long"), "x".repeat(1024 * 1024 + 1));
    expect(await files.read(join(folder, "long"))).toHaveLength(1024 * 1024);
    expect(await files.read("/proc/meminfo")).toContain("MemTotal:");
    await mkdir(join(folder, "sub"));
    expect((await files.list(folder)).sort()).toEqual(["long", "sub"]);
    await expect(files.read(join(folder, "none"))).rejects.toMatchObject({ code: "ENOENT" });
    const { totalBytes, freeBytes } = await files.space(folder);
    expect(freeBytes).toBeLessThanOrEqual(totalBytes);
  });
});

describe("programs", () => {
  it("give what they print, in words that can be parsed", async () => {
    const { stdout } = await programs.run("/bin/sh", ["-c", "echo $LC_ALL"], { timeoutMs: 5_000 });
    expect(stdout).toBe("C\n");
  });

  it("that fail, are missing or take too long reject, with what they printed", async () => {
    const run = (script: string, timeoutMs = 5_000) => programs.run("/bin/sh", ["-c", script], { timeoutMs });
    await expect(run("echo said; exit 3")).rejects.toMatchObject({ code: 3, stdout: "said\n" });
    await expect(run("exec sleep 60", 50)).rejects.toMatchObject({ killed: true });
    await expect(programs.run("/no/such/program", [], { timeoutMs: 50 })).rejects.toMatchObject({ code: "ENOENT" });
    await expect(run("head -c 400000 /dev/zero")).rejects.toThrow(/maxBuffer/);
  });
});

describe("sockets", () => {
  it("open a port, or say why not", async () => {
    const server = createTcp((socket) => void socket.on("error", () => {}).resume());
    const port = await listen(server);
    await sockets.connect("127.0.0.1", port, 1_000);
    await new Promise((done) => server.close(done));
    await expect(sockets.connect("127.0.0.1", port, 1_000)).rejects.toThrow("ECONNREFUSED");
  });

  it("fetch a page to its end, follow nothing, and bound time and size", async () => {
    const port = await listen(
      createHttp((request, response) => {
        if (request.url === "/moved") response.writeHead(302, { location: "/" });
        if (request.url === "/large") response.write("x".repeat(65 * 1024));
        if (request.url !== "/never") response.end("ok");
        else request.socket.on("error", () => {});
      }),
    );
    const url = `http://127.0.0.1:${port}`;
    expect(await sockets.get(url, 1_000)).toMatchObject({ status: 200, body: expect.any(String) });
    expect(await sockets.get(`${url}/moved`, 1_000)).toMatchObject({ status: 302 });
    await expect(sockets.get(`${url}/large`, 1_000)).rejects.toThrow("over 65536 bytes");
    await expect(sockets.get(`${url}/never`, 50)).rejects.toThrow("no answer in 50 ms");
  });

  it("ask one resolver for a name", async () => {
    const server = createSocket("udp4");
    server.on("message", (question, from) => {
      const isA = question.readUInt16BE(question.length - 4) === 1 || question.includes(Buffer.from([0, 1, 0, 1]));
      const head = Buffer.from([question[0] ?? 0, question[1] ?? 0, 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
      const end = question.indexOf(0, 12) + 5;
      const answer = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]);
      server.send(Buffer.concat([head, question.subarray(12, end), ...(isA ? [answer] : [])]), from.port, from.address);
    });
    await new Promise<void>((done) => server.bind(0, "127.0.0.1", () => done()));
    later(async () => server.close());
    const resolver = `127.0.0.1:${server.address().port}`;
    expect(await sockets.resolve("demo.example", resolver, 2_000)).toEqual(["192.0.2.7"]);
  });

  it("give up on a resolver that says nothing", async () => {
    const server = createSocket("udp4");
    await new Promise<void>((done) => server.bind(0, "127.0.0.1", () => done()));
    later(async () => server.close());
    const asked = sockets.resolve("demo.example", `127.0.0.1:${server.address().port}`, 100);
    await expect(asked).rejects.toThrow(/demo\.example|ETIMEOUT|ECANCELLED/);
  });
});

it("time goes on and chance is chance", async () => {
  const before = time.monotonic();
  await new Promise<void>((done) => time.after(5, done));
  expect(time.monotonic()).toBeGreaterThan(before);
  time.after(1, () => expect.unreachable("it was cancelled"))();
  expect(random()).not.toBe(random());
});
