/** Hardware models that are known, and what a document asks of one that it can't do or may not. */
import { glMt300n } from "./glinet-gl-mt300n-v2/index.ts";
import { glMt3000 } from "./glinet-gl-mt3000/index.ts";
import { openWrtOne } from "./openwrt-one/index.ts";
import type { Profile } from "./profile.ts";
import { eap225Outdoor } from "./tplink-eap225-outdoor-v1/index.ts";
import { eap615Wall } from "./tplink-eap615-wall-v1/index.ts";
import { unifi6Lite } from "./ubnt-unifi-6-lite/index.ts";
import { unifi6Plus } from "./ubnt-unifi-6-plus/index.ts";
import { unifiAcMesh } from "./ubnt-unifiac-mesh/index.ts";
import { nwa50ax } from "./zyxel-nwa50ax/index.ts";
import { nwa55axe } from "./zyxel-nwa55axe/index.ts";

export { profileProblems } from "./check.ts";
export type { Profile, RadioProfile } from "./profile.ts";

export const profiles: readonly Profile[] = [
  eap225Outdoor,
  eap615Wall,
  glMt300n,
  glMt3000,
  nwa50ax,
  nwa55axe,
  openWrtOne,
  unifi6Lite,
  unifi6Plus,
  unifiAcMesh,
];

/** By the name that the device gives its board, or by that of the model. */
export const profileOf = (name: string): Profile | undefined =>
  profiles.find(({ board, model }) => board === name || model === name);
