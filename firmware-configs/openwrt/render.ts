import type { Block, UciPackage } from "../uci/index.ts";
import { renderExtras } from "./extras.ts";
import { renderGeneral } from "./general.ts";
import { renderInterfaces } from "./interfaces.ts";
import { renderLeds } from "./leds.ts";
import { renderNtp } from "./ntp.ts";
import { renderOpenVpn } from "./openvpn.ts";
import { renderHotspots, renderSensors } from "./ours.ts";
import { createOutput, type Output, type Problem } from "./output.ts";
import { renderRadios } from "./radios.ts";
import { renderRoutes } from "./routes.ts";
import { renderRules } from "./rules.ts";
import { renderSwitches } from "./switches.ts";
import { renderPeers } from "./wireguard.ts";
import { renderWireless } from "./wireless.ts";
import { renderZeroTier } from "./zerotier.ts";

const renderers: ((document: Block, output: Output) => void)[] = [
  renderGeneral,
  renderNtp,
  renderLeds,
  renderInterfaces,
  renderRoutes,
  renderRules,
  renderSwitches,
  renderRadios,
  renderWireless,
  renderOpenVpn,
  renderPeers,
  renderZeroTier,
  renderHotspots,
  renderSensors,
  renderExtras,
];

/** @param document without problems by `configDocument`
 *  @returns what OpenWrt reads, and what of it can't be said in UCI */
export function renderOpenWrt(document: Block): { packages: UciPackage[]; problems: Problem[] } {
  const { output, problems, packages } = createOutput();
  for (const render of renderers) render(document, output);
  return { packages: packages(), problems };
}
