import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { BasicConstraintsExtension, X509CertificateGenerator } from "@peculiar/x509";
import { pinOf } from "../../edge-agent/trust/index.ts";

const pem = (kind: string, bytes: ArrayBuffer): string =>
  `-----BEGIN ${kind}-----\n${Buffer.from(bytes).toString("base64").replace(/.{64}/g, "$&\n")}\n-----END ${kind}-----\n`;

/** A self-signed certificate and its pin, valid in the year given. */
export async function newCertificate(year = 2026): Promise<{ cert: string; key: string; pin: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: "01",
      name: "CN=demo",
      notBefore: new Date(Date.UTC(year, 0, 1)),
      notAfter: new Date(Date.UTC(year + 1, 0, 1)),
      signingAlgorithm: algorithm,
      keys: keys as webcrypto.CryptoKeyPair,
      extensions: [new BasicConstraintsExtension(false)],
    },
    webcrypto as never,
  );
  const spki = await webcrypto.subtle.exportKey("spki", keys.publicKey);
  const key = pem("PRIVATE KEY", await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  return { cert: certificate.toString("pem"), key, pin: pinOf(new Uint8Array(spki)) };
}
