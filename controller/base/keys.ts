import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { randomSecret } from "./ids.ts";

export interface Keys {
  /** Ed25519: signs welcome, confirm and command. */
  online: KeyObject;
  /** ECDSA P-256 (browsers do not take Ed25519): of the certificate that we make ourselves. */
  tls: KeyObject;
}

/** The private keys of the controller, made at the first start: one 0600 file each in `folder`, in no database (those
 *  that sign content: `key-set`).
 *  Throws when a file is there but is no private key of the right kind. */
export function openKeys(folder: string): Keys {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pem = { type: "pkcs8", format: "pem" } as const;
  const ed25519 = () => generateKeyPairSync("ed25519").privateKey.export(pem) as string;
  const p256 = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export(pem) as string;
  return {
    online: openKey(join(folder, "online.pem"), "ed25519", ed25519),
    tls: openKey(join(folder, "tls.pem"), "ec", p256),
  };
}

/** ECDSA P-256, by which browsers know who may push to them (RFC 8292); made when it is first asked for. */
export function openPushKey(folder: string): KeyObject {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const make = () =>
    generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  return openKey(join(folder, "push.pem"), "ec", make);
}

function openKey(file: string, kind: "ed25519" | "ec", make: () => string): KeyObject {
  const key = createPrivateKey(readOrMake(file, make));
  if (key.asymmetricKeyType !== kind) throw new Error(`${file}: ${kind} private key expected`);
  return key;
}

/** The text of `file`; made first if it is not there. Two processes that start together end with the same key, and a
 *  crash leaves no half file: it is complete before it gets its name. */
export function readOrMake(file: string, make: () => string): string {
  try {
    chmodSync(file, 0o600);
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const fresh = `${file}.${randomSecret(6)}`;
  writePrivate(fresh, make());
  try {
    linkSync(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(fresh);
  }
  return readFileSync(file, "utf8");
}

/** A new file that only its owner reads, on disk when it returns. */
export function writePrivate(file: string, text: string): void {
  const handle = openSync(file, "wx", 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
