import { createPublicKey, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { messages, proofText } from "#wire";
import { createLinuxHost } from "../../../edge-agent/index.ts";
import { enrol, openIdentity, pinOf, tokenPins } from "../../../edge-agent/trust/index.ts";
import { newFolder, newStandin } from "../setup.ts";
import { newKey } from "../standin.ts";

const hardware = { model: "demo", serial: "demo-1" };
const { time, sockets } = createLinuxHost();
const how = { time, open: sockets.open, pin: "", signal: new AbortController().signal };

async function newDevice() {
  const standin = await newStandin();
  const identity = await openIdentity(await newFolder());
  const ask = (token = standin.token) =>
    enrol(identity.get(), { controllerUrl: standin.url, token, kind: "sensor", hardware }, how);
  return { standin, identity, ask };
}

describe("enrolment", () => {
  it("asks as DESIGN §8 says, with a proof that holds", async () => {
    const { standin, identity, ask } = await newDevice();
    const answer = await ask();
    expect(answer).toMatchObject({ state: "enrolled", enrolled: { device: "demo-device", keySet: { version: 1 } } });
    const [asked] = standin.enrolments;
    expect(messages.enrolment.safeParse(asked).success).toBe(true);
    const { sign, seal } = identity.get();
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: sign.public }, format: "jwk" });
    const text = proofText(standin.token, hardware.serial, seal.public);
    const proof = Buffer.from(String(asked?.["proof"]), "base64url");
    expect(verify(null, Buffer.from(text), key, proof)).toBe(true);
    expect(JSON.stringify(asked)).not.toContain(sign.private);
  });

  it("waits where a person has to approve", async () => {
    const { standin, ask } = await newDevice();
    standin.state.enrolAnswer = 202;
    expect(await ask()).toMatchObject({ state: "awaiting" });
  });

  it("says what the controller said", async () => {
    const { standin, ask } = await newDevice();
    standin.state.enrolAnswer = 403;
    standin.state.problem = { title: "Token expired", detail: "on Monday" };
    expect(await ask()).toEqual({ state: "refused", why: "HTTP 403 (Token expired: on Monday)" });
  });

  it("refuses a key set without the content key that the token names", async () => {
    const { standin, ask } = await newDevice();
    const other = pinOf(Buffer.from(newKey("x", "content").raw, "base64url"));
    const token = standin.token.replace(tokenPins(standin.token).contentKey, other);
    expect(await ask(token)).toEqual({
      state: "refused",
      why: `its key set lacks the content key ${other} that the token names`,
    });
  });

  it("takes a further password, and no other keys, for a device that it is already", async () => {
    const { standin, identity, ask } = await newDevice();
    const first = await ask();
    if (first.state !== "enrolled") throw new Error("not enrolled");
    await identity.change({ enrolled: first.enrolled });
    standin.state.password = "another";
    standin.state.keys = [newKey("evil", "online"), standin.content];
    expect(await ask()).toMatchObject({
      enrolled: { mqtt: { password: "another" }, keySet: first.enrolled.keySet },
    });
  });

  it("refuses an answer that is not one", async () => {
    const { standin, ask } = await newDevice();
    standin.state.enrolAnswer = 200;
    expect(await ask()).toMatchObject({ state: "refused", why: expect.stringContaining("the answer is not one") });
  });
});
