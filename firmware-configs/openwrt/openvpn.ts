import { type Block, drop, optionsOf, put, putList, take, uciName } from "../uci/index.ts";
import { blocksOf } from "./blocks.ts";
import type { Output } from "./output.ts";
import { type Reading, type Section, typed } from "./reading.ts";

export function renderOpenVpn(document: Block, output: Output): void {
  for (const { block, path } of blocksOf(document, "openvpn")) {
    const options = optionsOf(block, path);
    drop(options, ["name"]);
    const disabled = take(options, "disabled");
    put(options, "enabled", disabled?.value !== true, disabled?.from ?? path);
    // Without addresses of its own: they come by DHCP from the bridge.
    if (block["server_bridge"] === "") put(options, "server_bridge", true, `${path}.server_bridge`);
    if (block["fragment"] === 0) drop(options, ["fragment"]);
    if (!block["status"]) drop(options, ["status_version"]);
    const remotes = take(options, "remote");
    if (remotes) put(options, "remote", (remotes.value as Block[]).map(remoteOf), remotes.from);
    const ciphers = options.get("tls_cipher");
    if (typeof ciphers?.value === "string") {
      const words = ciphers.value.split(":").filter((one) => one !== "");
      putList(
        options,
        "tls_cipher",
        words.map((value) => ({ value, from: ciphers.from })),
        ciphers.from,
      );
    }
    const data = options.get("data_ciphers");
    if (Array.isArray(data?.value)) put(options, "data_ciphers", data.value.map(cipherOf).join(":"), data.from);
    const secret = String(block["tls_auth"] ?? "").trim();
    if (secret !== "") put(options, "tls_auth", tlsAuth(secret, block), `${path}.tls_auth`);
    output.section("openvpn", { type: "openvpn", name: uciName(String(block["name"])), from: path }, options);
  }
}

const remoteOf = ({ host, port, proto }: Block): string =>
  `${host} ${port}${proto === undefined || proto === "auto" ? "" : ` ${proto}`}`;
const cipherOf = ({ cipher, optional }: Block): string => `${optional === true ? "?" : ""}${cipher}`;

/** A key that stands in the document itself is a file beside the authority's. */
const tlsAuthPath = ({ ca = "", dev }: Block): string =>
  [...String(ca).split("/").slice(0, -1), `${dev}_tls_auth.key`].join("/");

/** Files that are named in what was rendered, and stand in the document itself. */
export const openVpnFiles = (document: Block): { path: string; mode: string; contents: string }[] =>
  blocksOf(document, "openvpn").flatMap(({ block }) => {
    const contents = String(block["tls_auth"] ?? "").trim();
    return contents === "" || isPath(contents) ? [] : [{ path: tlsAuthPath(block), mode: "0600", contents }];
  });

const isPath = (secret: string): boolean => /^\S+ [01]$/.test(secret);

function tlsAuth(secret: string, block: Block): string {
  if (isPath(secret)) return secret;
  return `${tlsAuthPath(block)} ${block["mode"] === "server" ? 0 : 1}`;
}

const flags = (
  "mtu_test persist_tun persist_key tun_ipv6 mute_replay_warnings float auth_nocache fast_io remote_random nobind tls_client " +
  "pull tls_server duplicate_cn client_to_client client_cert_not_required username_as_common_name"
).split(" ");
const numbers = "port fragment mssfix up_delay script_security mute status_version reneg_sec tls_timeout verb".split(
  " ",
);

export function readOpenVpn({ name, options }: Section, reading: Reading): void {
  const { enabled = "0", remote, tls_cipher: ciphers, data_ciphers: data, server_bridge: bridge, ...rest } = options;
  reading.push("openvpn", {
    name: name ?? `vpn${reading.count("openvpn") + 1}`,
    disabled: enabled === "0",
    ...(remote === undefined ? {} : { remote: [remote].flat().map(readRemote) }),
    ...(ciphers === undefined ? {} : { tls_cipher: [ciphers].flat().join(":") }),
    ...(data === undefined ? {} : { data_ciphers: [data].flat().join(":").split(":").map(readCipher) }),
    ...(bridge === undefined ? {} : { server_bridge: bridge === "1" ? "" : bridge }),
    ...typed(rest, { flags, numbers }),
  });
}

function readRemote(words: string): Block {
  const [host = "", port = "1194", proto] = words.trim().split(/\s+/);
  return { host, port: Number(port), ...(proto === undefined ? {} : { proto }) };
}

const readCipher = (word: string): Block => ({ cipher: word.replace(/^\?/, ""), optional: word.startsWith("?") });
