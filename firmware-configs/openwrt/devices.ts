/** Options of the second layer, which OpenWrt 21 and later keep in `config device`. */
export const layer2 = {
  numbers: [
    "txqueuelen",
    "neighreachabletime",
    "neighgcstaletime",
    "neighlocktime",
    "igmpversion",
    "mldversion",
    "mtu",
    "mtu6",
    "dadtransmits",
  ],
  flags: ["promisc", "acceptlocal", "sendredirects", "multicast"],
  texts: ["rpfilter", "macaddr"],
} as const;
export const layer2Keys: readonly string[] = [...layer2.numbers, ...layer2.flags, ...layer2.texts];

export const bridgeOptions = {
  numbers: [
    "forward_delay",
    "hello_time",
    "priority",
    "ageing_time",
    "max_age",
    "query_interval",
    "query_response_interval",
    "last_member_interval",
    "hash_max",
    "robustness",
  ],
  flags: ["stp", "igmp_snooping", "multicast_querier"],
} as const;
export const bridgeKeys: readonly string[] = [...bridgeOptions.numbers, ...bridgeOptions.flags];

/** Types whose logical interface names a `device`; of the others the protocol makes the device, named by `ifname`. */
export const deviceTypes = new Set(["loopback", "ethernet", "bridge", "wireless", "8021q", "8021ad"]);
/** These make a device of their own kind. */
export const vlanTypes = new Set(["8021q", "8021ad"]);

/** OpenWrt names bridges so; of the ones that are named otherwise the prefix is added, as it was before version 21. */
export const bridgeName = (name: string): string => (name.startsWith("br-") ? name : `br-${name}`);
