// Stands in for `socks` in the bundle: mqtt.js can go through proxies, which no street device does.
export const SocksClient = undefined;
