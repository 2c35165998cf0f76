import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repairAfterMs } from "../../../controller/config/decide.ts";
import { reportOf } from "../config/said.ts";
import { type FreshHttp, freshHttp } from "./fresh.ts";

let fresh: FreshHttp;
beforeAll(async () => {
  fresh = await freshHttp();
});
afterAll(() => fresh.end());

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
type Any = any;
async function call(method: string, path: string, body?: unknown) {
  const response = await fresh.call(method, `/api/v1${path}`, { body });
  return { status: response.status, body: (await response.json()) as Any };
}
async function device(profile: string | null): Promise<string> {
  return (await call("POST", "/devices", { name: "Library", kind: "access-point", profile })).body.id;
}
/** The last body that was signed for a device. */
async function sentTo(id: string): Promise<Any> {
  await fresh.config.idle();
  for (let i = 0; i < 20; i++) {
    fresh.clock.pass(100);
    await new Promise((done) => setImmediate(done));
  }
  const last = fresh.sent.filter((one) => one.device === id).at(-1);
  return last && JSON.parse(JSON.parse(last.payload).body);
}

const board = "zyxel,nwa50ax";
const channel = (of: number) => ({
  agent: { intervalMs: 30_000 },
  radios: [{ name: "radio0", protocol: "802.11n", channel: of, channel_width: 20, country: "GB" }],
});
const staff = {
  interfaces: [
    {
      ...{ name: "wlan0", type: "wireless" },
      wireless: {
        ...{ radio: "radio0", mode: "access_point", ssid: "staff" },
        encryption: { protocol: "wpa2_personal", key: "{{ key }}" },
      },
    },
  ],
};
const key = (value: string) => ({ key: { type: "secret", value } });

describe("files of a device", () => {
  test("go out with what the agent applies itself, and are shown", async () => {
    const id = await device(board);
    const put = await call("PUT", `/devices/${id}/config`, { document: channel(6) });
    expect(put.status).toBe(200);
    const { revision, document, files } = await sentTo(id);
    expect(document).toEqual({ agent: { intervalMs: 30_000 } });
    expect(files).toEqual([
      { path: "/etc/config/wireless", mode: 0o600, text: expect.stringContaining("\toption channel '6'\n") },
    ]);
    expect(put.body).toMatchObject({ revision, composed: channel(6), files, left: [] });
    await call("PUT", `/devices/${id}/config`, { document: { agent: {} } });
    expect(await sentTo(id)).not.toHaveProperty("files");
    expect((await call("GET", `/devices/${id}/config`)).body.files).toEqual([]);
    const earlier = await call("GET", `/devices/${id}/config/revisions/${revision}/files`);
    expect(earlier.body).toEqual({ files, left: [] });
    for (const wrong of ["12", "x"])
      expect((await call("GET", `/devices/${id}/config/revisions/${wrong}/files`)).status).toBe(404);
  });

  test.each([
    ["for a device that nobody knows how to render for", null, channel(6), "radios", /no hardware profile/],
    ["for a radio that lacks the channel", board, channel(36), "radios.0.channel", /2g only|channel/],
  ])("are no files %s: nothing is sent", async (_, profile, document, path, message) => {
    const id = await device(profile);
    const put = await call("PUT", `/devices/${id}/config`, { document });
    expect(put.status).toBe(400);
    expect(put.body.faults).toContainEqual({ path, message: expect.stringMatching(message) });
    const preview = await call("POST", "/config/preview", { select: { devices: [id] }, patch: document });
    expect(preview.body.problems).toContainEqual({
      ...{ path, devices: 1, example: id },
      message: expect.stringMatching(message),
    });
    expect(await sentTo(id)).toBeUndefined();
  });

  test("change as the preview says, line by line", async () => {
    const id = await device(board);
    await call("PUT", `/devices/${id}/config`, { document: channel(6) });
    const { radios } = channel(11);
    const { body } = await call("POST", "/config/preview", { select: { devices: [id] }, patch: { radios } });
    expect(body.groups[0].rendered).toEqual([
      { file: "/etc/config/wireless", lines: ["- \toption channel '6'", "+ \toption channel '11'"] },
    ]);
  });

  test("have secrets in them that the device alone sees", async () => {
    const id = await device(board);
    const own = (value: string) => ({ document: { ...channel(6), ...staff }, variables: key(value) });
    const put = await call("PUT", `/devices/${id}/config`, own("hunter2-hunter2"));
    expect((await sentTo(id)).files[0].text).toContain("\toption key 'hunter2-hunter2'\n");
    expect(put.body.files[0].text).toContain("\toption key '(secret)'\n");
    const item = { kind: "device", id, body: own("other22-other22") };
    const { body } = await call("POST", "/config/preview", { items: [item] });
    expect(body.groups[0].rendered).toEqual([
      { file: "/etc/config/wireless", lines: ["- \toption key '(secret)'", "+ \toption key '(secret)'"] },
    ]);
    const rows = await fresh.records.db.selectFrom("config_revision").selectAll().where("device", "=", id).execute();
    expect(JSON.stringify(rows)).not.toContain("hunter2");
  });

  test("that somebody changed there are shown, and put right after an hour", async () => {
    const id = await device(board);
    await call("PUT", `/devices/${id}/config`, { document: channel(6) });
    const { revision } = await sentTo(id);
    const hash = (await fresh.config.revisions(id))[0]?.hash ?? "";
    const drift = [{ path: "/etc/config/wireless", hash: "" }];
    fresh.config.reported(id, reportOf({ revision, hash, state: "applied", drift }));
    await sentTo(id);
    const standing = (await call("GET", `/devices/${id}/config`)).body;
    expect(standing).toMatchObject({ revision, status: "applied", drift: [{ path: "/etc/config/wireless" }] });
    expect(standing.driftSince).toBeGreaterThan(0);
    const { config } = (await call("GET", `/devices/${id}`)).body;
    expect(config.drift).toEqual(standing.drift);
    fresh.clock.pass(repairAfterMs);
    const repaired = await sentTo(id);
    expect(repaired.revision).toBeGreaterThan(revision);
    expect(repaired.files[0].text).toContain("channel '6'");
    const { items } = (await call("GET", `/devices/${id}/config/revisions`)).body;
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({ by: { name: "repair of files" }, outcome: "trying" });
  });

  test("that somebody changed there are sent once more when a person wants the same", async () => {
    const id = await device(board);
    const put = () => call("PUT", `/devices/${id}/config`, { document: channel(6) });
    const { revision } = (await put()).body;
    const hash = (await fresh.config.revisions(id))[0]?.hash ?? "";
    const drift = [{ path: "/etc/config/wireless", hash: "" }];
    fresh.config.reported(id, reportOf({ revision, hash, state: "applied", drift: [] }));
    expect((await put()).body.revision).toBe(revision);
    fresh.config.reported(id, reportOf({ revision, hash, state: "applied", drift }));
    expect((await put()).body.revision).toBeGreaterThan(revision);
  });

  test("follow the profile, and what has no words for it is told", async () => {
    const id = await device("openwrt");
    await call("PUT", `/devices/${id}/config`, { document: { general: { hostname: "library", timezone: "UTC" } } });
    expect((await sentTo(id)).files[0].path).toBe("/etc/config/system");
    const { revision } = (await call("GET", `/devices/${id}/config`)).body;
    await fresh.call("PATCH", `/api/v1/devices/${id}`, { body: { profile: "linux" } });
    const sent = await sentTo(id);
    expect(sent.revision).toBeGreaterThan(revision);
    expect(sent.files).toEqual([{ path: "/etc/hostname", mode: 0o644, text: "library\n" }]);
    const { body } = await call("GET", `/devices/${id}/config`);
    expect(body.left).toEqual([{ path: "general.timezone", message: "set it with timedatectl" }]);
  });
});
