import { blocksOf, named } from "../openwrt/blocks.ts";
import type { Problem } from "../openwrt/output.ts";
import { bandOf, channelsOf } from "../radio.ts";
import { type Block, uciName } from "../uci/index.ts";
import { isRuled, ruleFor, spanOf } from "./legal.ts";
import type { Profile, RadioProfile } from "./profile.ts";

const generations = ["802.11n", "802.11ac", "802.11ax"] as const;
const legacy = ["802.11a", "802.11b", "802.11g"];

/** What the device can't do, or may not where it stands, by path. The rules of a country hold where the document names it;
 *  `country` holds where it doesn't.
 *  @param document without problems by `configDocument` */
export function profileProblems(profile: Profile, document: Block, country = "GB"): Problem[] {
  return [
    ...blocksOf(document, "radios").flatMap(({ block, path }) => radioProblems(profile, block, { path, country })),
    ...networkProblems(profile, document),
    ...vlanProblems(document),
    ...ledProblems(profile, document),
  ];
}

interface Where {
  path: string;
  country: string;
}

function radioProblems(profile: Profile, radio: Block, { path, country }: Where): Problem[] {
  const own = profile.radios.find(({ name }) => name === radio["name"]);
  if (!own) {
    const names = profile.radios.map(({ name }) => name).join(", ");
    return [{ path: `${path}.name`, message: `${profile.model} has no ${radio["name"]} (${names})` }];
  }
  if (radio["disabled"] === true) return [];
  const band = bandOf(radio);
  if (band === undefined || !own.bands.includes(band))
    return [
      { path: `${path}.${bandKey(radio)}`, message: `${own.name} (${own.chip}) works in ${own.bands.join(", ")} only` },
    ];
  return [...abilityProblems(own, radio, path), ...legalProblems(profile, own, radio, { path, country })];
}

const bandKey = (radio: Block): string =>
  ["band", "hwmode"].find((key) => radio[key] !== undefined) ?? (radio["channel"] === 0 ? "protocol" : "channel");

function abilityProblems(own: RadioProfile, radio: Block, path: string): Problem[] {
  const problems: Problem[] = [];
  const protocol = String(radio["protocol"]);
  const newest = generations.indexOf(own.generation);
  if (!legacy.includes(protocol) && !(generations as readonly string[]).slice(0, newest + 1).includes(protocol))
    problems.push({ path: `${path}.protocol`, message: `${own.name} (${own.chip}) knows ${own.generation} at most` });
  const width = Number(radio["channel_width"]);
  if (width > own.widthMostMhz)
    problems.push({
      path: `${path}.channel_width`,
      message: `${own.name} (${own.chip}) takes ${own.widthMostMhz} MHz at most`,
    });
  return problems;
}

function legalProblems(profile: Profile, own: RadioProfile, radio: Block, { path, country: usual }: Where): Problem[] {
  const country = String(radio["country"] ?? usual).toUpperCase();
  const band = bandOf(radio);
  if (!isRuled(country) || band === undefined) return [];
  const [channel, width] = [Number(radio["channel"]), Number(radio["channel_width"])];
  const chosen = channel === 0 ? [...channelsOf(band)] : [channel];
  const spans = chosen.flatMap((one) => spanOf(band, one, width) ?? []);
  const at = channel === 0 ? `${path}.channel_width` : `${path}.channel`;
  if (spans.length === 0) return [{ path: at, message: `there is no channel ${channel} of ${width} MHz` }];
  const rules = spans.flatMap((span) => ruleFor(country, span) ?? []);
  if (rules.length === 0) return [{ path: at, message: `not allowed in ${country} with ${width} MHz` }];
  const usable = rules.filter((rule) => !(rule.indoorOnly && profile.outdoor) && !(rule.radar && !own.radar));
  if (usable.length === 0) return [{ path: at, message: whyNot(profile, own, rules, country) }];
  const most = Math.max(...usable.map(({ mostDbm }) => mostDbm));
  const power = radio["tx_power"];
  if (typeof power !== "number" || power + own.antennaDbi <= most) return [];
  const gain = `${own.antennaDbi} dBi of antenna${own.antennaAssumed ? " (assumed)" : ""}`;
  const message = `${power} dBm and ${gain} are over the ${most} dBm that ${country} allows here: ${most - own.antennaDbi} dBm at most`;
  return [{ path: `${path}.tx_power`, message }];
}

function whyNot(
  profile: Profile,
  own: RadioProfile,
  rules: readonly { indoorOnly?: true; radar?: true }[],
  country: string,
): string {
  if (rules.every(({ indoorOnly }) => indoorOnly) && profile.outdoor)
    return `${country} allows it indoors only, and ${profile.model} is made for outside`;
  return `${country} asks for radar detection (DFS), which ${own.name} (${own.chip}) can't do`;
}

function networkProblems(profile: Profile, document: Block): Problem[] {
  const problems: Problem[] = [];
  const carried = new Map<string, number>();
  for (const { block, path } of blocksOf(document, "interfaces")) {
    const wireless = block["wireless"] as Block | undefined;
    if (!wireless || block["disabled"] === true) continue;
    const radio = String(wireless["radio"]);
    const own = profile.radios.find(({ name }) => name === radio);
    const at = `${path}.wireless.radio`;
    if (!own) problems.push({ path: at, message: `${profile.model} has no ${radio}` });
    const count = (carried.get(radio) ?? 0) + 1;
    carried.set(radio, count);
    if (own && count > own.networksMost)
      problems.push({ path: at, message: `${radio} (${own.chip}) carries ${own.networksMost} networks at most` });
  }
  return problems;
}

/** A VLAN, or a port, that two networks use would join them. */
function vlanProblems(document: Block): Problem[] {
  const problems: Problem[] = [];
  const taken = new Map<string, { network: string; path: string }>();
  const claim = (device: string, network: string, path: string): void => {
    const before = taken.get(device);
    if (before && before.network !== network) {
      const message = `${device} belongs to ${before.network} already (${before.path}): two networks would be one`;
      problems.push({ path, message });
    } else taken.set(device, { network, path });
  };
  for (const { block, path } of blocksOf(document, "interfaces")) {
    const network = uciName(named(block["network"], block["name"]));
    const isTagged = block["type"] === "8021q" || block["type"] === "8021ad";
    if (isTagged) claim(`${block["name"]}.${block["vid"]}`, network, `${path}.vid`);
    else if (/\.\d+$/.test(String(block["name"])) && block["type"] === "ethernet" && hasPurpose(block))
      claim(String(block["name"]), network, `${path}.name`);
    for (const [i, member] of ((block["bridge_members"] ?? []) as string[]).entries())
      claim(member, network, `${path}.bridge_members.${i}`);
  }
  return problems;
}

/** One that only is there to be a bridge's member is not a network of its own. */
const hasPurpose = (block: Block): boolean =>
  named(block["network"]) !== "" || ((block["addresses"] ?? []) as unknown[]).length > 0;

const ledProblems = (profile: Profile, document: Block): Problem[] =>
  blocksOf(document, "led")
    .filter(({ block }) => profile.leds.length > 0 && !profile.leds.includes(String(block["sysfs"])))
    .map(({ block, path }) => ({
      path: `${path}.sysfs`,
      message: `${profile.model} has no LED ${block["sysfs"]} (${profile.leds.join(", ")})`,
    }));
