import { createConnection } from "node:net";
import { connectAsync } from "mqtt";
import { expect, it } from "vitest";
import { systemClock } from "../../../controller/base/clock.ts";
import { createLog } from "../../../controller/base/log.ts";
import { createBroker } from "../../../controller/broker/index.ts";
import { later } from "../../undo.ts";

it("a paused broker hangs up on everybody and takes nobody; resumed, it is on the same port again", async () => {
  const gone: string[] = [];
  const broker = await createBroker({
    clock: systemClock,
    log: createLog({ level: "silent" }),
    listen: { host: "127.0.0.1", port: 0 },
    authenticate: async () => true,
    received: () => {},
    connected: () => {},
    disconnected: (device) => void gone.push(device),
  });
  later(() => broker.stop());
  const port = await broker.start();
  const join = async () => {
    const options = { clientId: "ap-1", username: "ap-1", password: "x", reconnectPeriod: 0 };
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, options);
    client.on("error", () => {});
    later(() => client.endAsync(true));
    return client;
  };
  const client = await join();
  const closed = new Promise<void>((done) => client.once("close", () => done()));
  await broker.pause();
  await closed;
  await expect.poll(() => gone).toEqual(["ap-1"]);
  const refused = new Promise((done) => createConnection(port, "127.0.0.1").once("error", done));
  expect(await refused).toMatchObject({ code: "ECONNREFUSED" });
  await broker.pause();
  await broker.resume();
  await broker.resume();
  expect((await join()).connected).toBe(true);
});

it("a paused broker can be stopped", async () => {
  const broker = await createBroker({
    clock: systemClock,
    log: createLog({ level: "silent" }),
    listen: { host: "127.0.0.1", port: 0 },
    authenticate: async () => true,
    received: () => {},
    connected: () => {},
    disconnected: () => {},
  });
  await broker.start();
  await broker.pause();
  await broker.stop();
});
