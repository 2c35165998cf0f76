import { z } from "zod";
import { base64Key, deviceName, flag, host, key, port, sectionName, text, unique, whole } from "./values.ts";

const count = whole(0, 1_000_000_000);
const enums = <T extends [string, ...string[]]>(...values: T) =>
  z.enum(values, `one of ${values.map((one) => one || "(empty)").join(", ")}`);
const tunnel = {
  name: text(24)
    .min(2, "at least 2 letters")
    .regex(/^[0-9A-Za-z_-]*$/, "letters, digits, _ and -"),
  disabled: key(flag, "off, without forgetting the rest", { default: false }),
  dev: deviceName.meta({ description: "interface that it makes" }),
  dev_type: key(enums("tun", "tap"), "layer 3 (tun) or layer 2 (tap)"),
  port: key(port, "its own port", { default: 1194 }),
  local: key(host, "its own address"),
  ca: key(text(), "file with the authority's certificate"),
  cert: key(text(), "file with its own certificate"),
  key: key(text(), "file with its private key"),
  tls_auth: key(text(), "file and direction of the shared key"),
  data_ciphers: key(
    z.union([text(), z.array(z.looseObject({ cipher: text(64), optional: flag })).max(64, "at most 64")]),
    "ciphers that it agrees to, best first",
  ),
  tls_cipher: key(z.union([text(), z.array(text(256))]), "ciphers of the control channel, with colons between them"),
  mtu_disc: key(enums("no", "maybe", "yes"), "what is done about packets that are too long", { default: "no" }),
  mtu_test: key(flag, "measures the longest packet at start", { default: false }),
  fragment: key(count, "longest piece of a cut packet; 0: whole", { unit: "bytes", default: 0 }),
  mssfix: key(count, "longest packet that TCP is told", { unit: "bytes", default: 1450 }),
  keepalive: key(text(32).regex(/^(\d+ \d+)?$/, 'two numbers, such as "10 60"'), "ping every, lost after", {
    unit: "s",
  }),
  persist_tun: key(flag, "the interface stays over restarts", { default: false }),
  persist_key: key(flag, "keys are read once", { default: false }),
  tun_ipv6: key(flag, "carries IPv6", { default: false }),
  up_delay: key(count, "waits before it comes up", { default: 0 }),
  script_security: key(whole(0, 3), "which programs it may start", { default: 1 }),
  mute: key(count, "at most so many like lines in the log", { default: 0 }),
  status: key(text().regex(/^(\S+( \d+)?)?$/, "a file, and seconds"), "where it writes how it does"),
  status_version: key(whole(1, 3), "form of that", { default: 1 }),
  mute_replay_warnings: key(flag, "does not warn of repeated packets", { default: false }),
  reneg_sec: key(count, "new keys every", { unit: "s", default: 3600 }),
  tls_timeout: key(count, "asks again after", { unit: "s", default: 2 }),
  float: key(flag, "the other end may move", { default: false }),
  auth_nocache: key(flag, "forgets passwords at once", { default: false }),
  fast_io: key(flag, "writes without asking first", { default: false }),
  verb: key(whole(0, 11), "how much it logs", { default: 1 }),
  allow_compression: key(enums("", "asym", "no", "yes"), "compression, which leaks"),
  compress: key(enums("", "lzo", "lz4", "lz4-v2", "stub", "stub-v2", "migrate"), "compression"),
  comp_lzo: key(enums("", "yes", "no", "adaptive"), "compression of old"),
};
const client = z.looseObject({
  ...tunnel,
  mode: z.literal("p2p"),
  proto: enums("udp", "tcp-client"),
  remote: z
    .array(
      z.strictObject({
        host,
        port,
        proto: key(enums("auto", "udp", "udp4", "udp6", "tcp", "tcp4", "tcp6"), "protocol", { default: "auto" }),
      }),
    )
    .min(1, "at least one"),
  remote_random: key(flag, "in any order", { default: false }),
  nobind: key(flag, "any port of its own", { default: true }),
  resolv_retry: key(text(16).regex(/^(infinite|\d+)$/, "infinite, or a number"), "tries to find a name", {
    default: "infinite",
  }),
  tls_client: key(flag, "by certificates", { default: true }),
  pull: key(flag, "takes what the server says", { default: true }),
  auth_retry: key(enums("none", "nointeract", "interact"), "after a refusal", { default: "none" }),
  ns_cert_type: key(enums("", "server"), "kind of the other certificate"),
  remote_cert_tls: key(enums("", "server"), "use of the other certificate"),
});
const server = z.looseObject({
  ...tunnel,
  mode: z.literal("server"),
  proto: enums("udp", "tcp-server"),
  server: key(text(64).min(15, 'such as "10.8.0.0 255.255.255.0"'), "network of its clients"),
  server_bridge: key(text(128), "addresses on the bridge; empty: by DHCP"),
  topology: key(enums("net30", "p2p", "subnet"), "how clients are addressed", { default: "subnet" }),
  tls_server: key(flag, "by certificates", { default: true }),
  dh: key(text(), "file with the parameters"),
  crl_verify: key(text(), "file with what was revoked"),
  duplicate_cn: key(flag, "one certificate, several clients", { default: false }),
  client_to_client: key(flag, "clients hear each other", { default: false }),
  client_cert_not_required: key(flag, "passwords are enough", { default: false }),
  username_as_common_name: key(flag, "by the name of the password", { default: false }),
  ns_cert_type: key(enums("", "client"), "kind of the other certificate"),
  remote_cert_tls: key(enums("", "client"), "use of the other certificate"),
});
export const openvpn = unique(z.discriminatedUnion("mode", [client, server], { error: "the mode is p2p or server" }));

export const wireguardPeers = unique(
  z.looseObject({
    interface: deviceName.meta({ description: "name of the WireGuard interface" }),
    public_key: base64Key.min(1, "the other end's public key"),
    allowed_ips: unique(text(50).min(1, "a network")).meta({ description: "networks behind it" }),
    endpoint_host: key(text(253), "where it is"),
    endpoint_port: key(port, "its port; nothing without a host", { default: 51_820 }),
    preshared_key: key(base64Key, "a further shared key"),
    persistent_keepalive: key(whole(0, 65_535), "says something every; 0: never", { unit: "s", default: 0 }),
    route_allowed_ips: key(flag, "routes to those networks are made", { default: false }),
  }),
);

export const zerotier = unique(
  z.looseObject({
    name: sectionName.min(1, "at least 1 letter"),
    disabled: key(flag, "off, without forgetting the rest", { default: false }),
    networks: unique(
      z.looseObject({
        id: text(16).regex(/^[0-9a-fA-F]{16}$/, "16 hexadecimal digits"),
        ifname: text(10).min(1, "at least 1 letter"),
        allow_managed: key(flag, "it may set addresses and routes", { default: true }),
        allow_global: key(flag, "public ones too", { default: false }),
        allow_default: key(flag, "the default route too"),
        allow_dns: key(flag, "it may set DNS servers"),
      }),
    ),
    secret: key(text(), "identity"),
    port: key(port, "UDP port", { default: 9993 }),
  }),
);
