import "reflect-metadata";
import { createPrivateKey, createPublicKey, type KeyObject, webcrypto, X509Certificate } from "node:crypto";
import { readFileSync, renameSync, rmSync } from "node:fs";
import { isIP } from "node:net";
import { rootCertificates } from "node:tls";
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";
import type { Clock } from "./clock.ts";
import { SettingsError } from "./errors.ts";
import { writePrivate } from "./keys.ts";
import { pinOf } from "./signing.ts";

export interface Certificate {
  /** PEM, the leaf first. */
  cert: string;
  /** PEM. */
  key: string;
  /** C of an enrolment token (DESIGN §8): pins the certificate's public key; "" for a publicly trusted one. */
  pin: string;
  /** Milliseconds since 1970 UTC. */
  validTo: number;
}

const dayMs = 86_400_000;
/** Browsers take no more than 398. */
const validDays = 397;
const renewBeforeDays = 30;

/** The certificate of our own making for `names` (DNS names and addresses), kept in `file`; renewed on the same key when
 *  a name is missing or it ends within 30 days. */
export async function ownCertificate(needs: {
  key: KeyObject;
  file: string;
  names: readonly string[];
  clock: Clock;
}): Promise<Certificate> {
  const keyPem = needs.key.export({ type: "pkcs8", format: "pem" }) as string;
  const kept = readKept(needs.file);
  const now = needs.clock.now();
  const wanted = [...new Set(["localhost", "127.0.0.1", "::1", ...needs.names])];
  if (kept && stillServes(kept, needs.key, wanted, now))
    return describe(kept.toString(), keyPem, pinOfKey(kept.publicKey));
  const cert = await make(needs.key, wanted, now);
  const fresh = `${needs.file}.new`;
  rmSync(fresh, { force: true });
  writePrivate(fresh, cert);
  renameSync(fresh, needs.file);
  return describe(cert, keyPem, pinOfKey(createPublicKey(needs.key)));
}

function readKept(file: string): X509Certificate | null {
  try {
    return new X509Certificate(readFileSync(file));
  } catch {
    return null; // missing or broken: made anew on the same key, so nothing that was pinned changes
  }
}

function stillServes(kept: X509Certificate, key: KeyObject, names: readonly string[], now: number): boolean {
  const left = Date.parse(kept.validTo) - now;
  const named = (name: string) => (isIP(name) ? kept.checkIP(name) : kept.checkHost(name)) !== undefined;
  return left > renewBeforeDays * dayMs && kept.checkPrivateKey(key) && names.every(named);
}

async function make(key: KeyObject, names: readonly string[], now: number): Promise<string> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
  const { subtle } = webcrypto;
  const privateKey = await subtle.importKey("jwk", key.export({ format: "jwk" }), algorithm, true, ["sign"]);
  const publicJwk = createPublicKey(key).export({ format: "jwk" });
  const publicKey = await subtle.importKey("jwk", publicJwk, algorithm, true, ["verify"]);
  const alternatives = names.map((name) => ({ type: isIP(name) ? ("ip" as const) : ("dns" as const), value: name }));
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: `01${now.toString(16).padStart(14, "0")}`,
      name: "CN=Lamplighter",
      // A day back: devices and browsers whose clocks are a little slow.
      notBefore: new Date(now - dayMs),
      notAfter: new Date(now + validDays * dayMs),
      signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
      keys: { privateKey, publicKey },
      extensions: [new SubjectAlternativeNameExtension(alternatives)],
    },
    webcrypto as unknown as Parameters<typeof X509CertificateGenerator.createSelfSigned>[1] & object,
  );
  return `${certificate.toString("pem")}\n`;
}

/** A certificate (with its chain) and key that were given as files. Throws SettingsError when one does not do. */
export function givenCertificate(files: { cert: string; key: string }): Certificate {
  const cert = readGiven("tls.cert", files.cert);
  const key = readGiven("tls.key", files.key);
  const chain = (cert.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem),
  );
  const leaf = chain[0];
  if (!leaf)
    throw new SettingsError("tls.cert", `"${files.cert}" without a certificate`, "certificates in PEM, the leaf first");
  if (!leaf.checkPrivateKey(parseKey(files.key, key)))
    throw new SettingsError(
      "tls.key",
      `the key of another certificate in "${files.key}"`,
      "the private key of tls.cert",
    );
  return describe(cert, key, publiclyTrusted(chain) ? "" : pinOfKey(leaf.publicKey));
}

function readGiven(setting: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new SettingsError(setting, `"${file}" (${why})`, "a PEM file that this user may read");
  }
}

function parseKey(file: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new SettingsError("tls.key", `"${file}" without a private key`, "a private key in PEM without a passphrase");
  }
}

/** Whether the chain ends at a root that Node trusts; agents then check names instead of a pin. */
export function publiclyTrusted(
  chain: readonly X509Certificate[],
  roots: readonly string[] = rootCertificates,
): boolean {
  const linked = chain.every((one, i) => {
    const issuer = chain[i + 1];
    return issuer === undefined || (one.checkIssued(issuer) && one.verify(issuer.publicKey));
  });
  const last = chain.at(-1);
  if (!linked || !last) return false;
  return roots.some((pem) => {
    const root = new X509Certificate(pem);
    return last.fingerprint256 === root.fingerprint256 || (last.checkIssued(root) && last.verify(root.publicKey));
  });
}

const pinOfKey = (key: KeyObject): string => pinOf(key.export({ type: "spki", format: "der" }) as Buffer);
const describe = (cert: string, key: string, pin: string): Certificate => ({
  cert,
  key,
  pin,
  validTo: Date.parse(new X509Certificate(cert).validTo),
});
