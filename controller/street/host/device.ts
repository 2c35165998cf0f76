import type { TownDevice } from "../town/devices.ts";

/** A device of the street with the seed of its town: all that its host is made of. */
export interface StreetDevice extends TownDevice {
  seed: number;
}

/** What befalls a device from outside, now. */
export interface Around {
  /** Its site's line carries something. */
  lineUp(): boolean;
  /** Somebody made its radios noisy. */
  jammed(): boolean;
}
