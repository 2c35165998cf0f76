import { z } from "zod";
import { flag, host, key, port, text, whole } from "./values.ts";

const disabled = key(flag, "leaves the network open without forgetting the rest", { default: false });
const frames = ["0", "1", "2"] as const;
const about80211w = "management frame protection: 0 off, 1 where the client can, 2 required";
const anyCipher = key(z.enum(["auto", "ccmp", "tkip", "tkip+ccmp"], "auto, ccmp, tkip or tkip+ccmp"), "cipher", {
  default: "auto",
});
const ccmp = z.literal("ccmp", "WPA3 works with ccmp only");
const maybeProtected = { cipher: anyCipher, ieee80211w: key(z.enum(frames, "0, 1 or 2"), about80211w) };
const protectedSometimes = {
  cipher: ccmp,
  ieee80211w: z.enum(["1", "2"], "1 or 2").meta({ description: about80211w }),
};
const alwaysProtected = {
  cipher: ccmp,
  ieee80211w: z.literal("2", "WPA3 requires it: 2").meta({ description: about80211w }),
};

const passphrase = {
  disabled,
  key: text(64)
    .min(8, "at least 8 letters")
    .meta({ description: "passphrase (8 to 63 letters), or 64 hexadecimal digits" }),
};
const radius = {
  disabled,
  server: text(253).min(3, "at least 3 letters").meta({ description: "RADIUS server that decides who may in" }),
  key: text().min(4, "at least 4 letters").meta({ description: "secret shared with the RADIUS server" }),
  port: key(port, "port of the RADIUS server", { default: 1812 }),
  acct_server: key(text(253), "RADIUS server that is told who was there"),
  acct_server_port: key(port, "its port", { default: 1813 }),
  acct_secret: key(text(), "its secret", { default: "the key" }),
  acct_interval: key(whole(1, 86_400), "between two words about a client", { unit: "s", default: 600 }),
  dae_client: key(host, "who may have clients sent away (RFC 5176)"),
  dae_port: key(port, "port on which it is heard", { default: 3799 }),
  dae_secret: key(text(), "its secret"),
  nasid: key(text(), "how this access point names itself to the RADIUS server"),
};
const certificates = {
  disabled,
  eap_type: key(z.enum(["tls", "ttls", "peap"], "tls, ttls or peap"), "outer method"),
  auth: key(
    z.enum(["PAP", "CHAP", "MSCHAP", "MSCHAPV2", "EAP-GTC", "EAP-MD5", "EAP-MSCHAPV2", "EAP-TLS"], "an inner method"),
    "inner method, of ttls and peap",
    { default: "MSCHAPV2" },
  ),
  identity: key(text(), "who it signs in as"),
  anonymous_identity: key(text(), "what is said in the open instead"),
  password: key(text(), "password of that identity"),
  ca_cert: key(text(), "file with the authority's certificate"),
  ca_cert_usesystem: key(flag, "the system's authorities are believed", { default: false }),
  client_cert: key(text(), "file with its own certificate"),
  priv_key: key(text(), "file with its private key"),
  priv_key_pwd: key(text(), "password of that file"),
  subject_match: key(text(), "part of the server certificate's subject"),
  altsubject_match: key(z.array(text()), "alternative names of the server"),
  domain_match: key(z.array(text()), "names of the server"),
  domain_suffix_match: key(z.array(text()), "ends of the server's name"),
};

const none = z.looseObject({ protocol: z.literal("none") });
const owe = z.looseObject({
  protocol: z.literal("owe").meta({ description: "encrypted, and open to everybody" }),
  ieee80211w: maybeProtected.ieee80211w,
});
const wpa3 = z.looseObject({ protocol: z.literal("wpa3_personal"), ...passphrase, ...alwaysProtected });
const wpa3Mixed = z.looseObject({
  protocol: z.literal("wpa2_personal_mixed").meta({ description: "WPA3 and WPA2" }),
  ...passphrase,
  ...protectedSometimes,
});
const wpa = z.looseObject({
  protocol: z.enum(["wpa2_personal", "wpa_personal_mixed", "wpa_personal"]),
  ...passphrase,
  ...maybeProtected,
});
const wep = z.looseObject({
  protocol: z.enum(["wep_open", "wep_shared"]).meta({ description: "anybody can read it; for old equipment only" }),
  disabled,
  key: text(26).min(5, "at least 5 letters"),
});
const wps = z.looseObject({
  protocol: z.literal("wps"),
  wps_pushbutton: key(flag, "by button", { default: false }),
  wps_label: key(flag, "by the number on the label", { default: false }),
  wps_pin: key(text(8), "that number"),
});
const enterprise = <T extends z.ZodRawShape>(by: T) =>
  [
    z.looseObject({ protocol: z.literal("wpa3_enterprise"), ...by, ...alwaysProtected }),
    z.looseObject({ protocol: z.literal("wpa2_enterprise_mixed"), ...by, ...protectedSometimes }),
    z.looseObject({
      protocol: z.enum(["wpa2_enterprise", "wpa_enterprise_mixed", "wpa_enterprise"]),
      ...by,
      ...maybeProtected,
    }),
  ] as const;

const personal = [none, wpa3, wpa, wep] as const;
const unknown = { error: "a protocol that this mode knows" };
export const accessPointEncryption = z.discriminatedUnion(
  "protocol",
  [...personal, owe, wpa3Mixed, wps, ...enterprise(radius)],
  unknown,
);
export const stationEncryption = z.discriminatedUnion(
  "protocol",
  [...personal, owe, wpa3Mixed, ...enterprise(certificates)],
  unknown,
);
export const meshEncryption = z.discriminatedUnion("protocol", [...personal], unknown);
