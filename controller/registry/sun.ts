import type { Location } from "./site.ts";

/** Minutes after midnight UTC of that day, or what the sky is all day. */
export type SunTimes = { dawn: number; dusk: number } | "light" | "dark";

/** Civil twilight: the sun is 6° below the horizon. Street lights are on for certain then. */
const civil = 96;
const dayMs = 86_400_000;
/** Of the Julian day 2451545, noon of 1 January 2000, which the equations count from. */
const epoch = Date.UTC(2000, 0, 1, 12);

const rad = (degrees: number): number => (degrees * Math.PI) / 180;
const sin = (degrees: number): number => Math.sin(rad(degrees));
const cos = (degrees: number): number => Math.cos(rad(degrees));
const tan = (degrees: number): number => Math.tan(rad(degrees));

/** When it begins and ceases to be light, by the equations of NOAA's solar calculator (gml.noaa.gov/grad/solcalc, after
 *  Meeus, Astronomical Algorithms): within a minute or two between the polar circles. Pure.
 *  @param day since 1970, by the calendar of the place
 *  @param zenith of the sun; 90.833 for its rising and setting */
export function sunTimes(day: number, { lat, lon }: Location, zenith = civil): SunTimes {
  const century = (day * dayMs + dayMs / 2 - epoch) / dayMs / 36_525;
  const { declination, equationOfTime } = sunAt(century);
  const hourAngle = cos(zenith) / (cos(lat) * cos(declination)) - tan(lat) * tan(declination);
  if (hourAngle > 1) return "dark";
  if (hourAngle < -1) return "light";
  const half = (Math.acos(hourAngle) * 180) / Math.PI;
  const noon = 720 - 4 * lon - equationOfTime;
  return { dawn: noon - 4 * half, dusk: noon + 4 * half };
}

/** @param t Julian centuries since 2000
 *  @returns degrees, and minutes that a sundial is ahead of the clock */
function sunAt(t: number): { declination: number; equationOfTime: number } {
  const meanLongitude = (280.46646 + t * (36_000.76983 + t * 0.0003032)) % 360;
  const anomaly = 357.52911 + t * (35_999.05029 - 0.0001537 * t);
  const eccentricity = 0.016708634 - t * (0.000042037 + 0.0000001267 * t);
  const centre =
    sin(anomaly) * (1.914602 - t * (0.004817 + 0.000014 * t)) +
    sin(2 * anomaly) * (0.019993 - 0.000101 * t) +
    sin(3 * anomaly) * 0.000289;
  const node = 125.04 - 1_934.136 * t;
  const longitude = meanLongitude + centre - 0.00569 - 0.00478 * sin(node);
  const seconds = 21.448 - t * (46.815 + t * (0.00059 - t * 0.001813));
  const obliquity = 23 + (26 + seconds / 60) / 60 + 0.00256 * cos(node);
  const y = tan(obliquity / 2) ** 2;
  const equation =
    y * sin(2 * meanLongitude) -
    2 * eccentricity * sin(anomaly) +
    4 * eccentricity * y * sin(anomaly) * cos(2 * meanLongitude) -
    0.5 * y * y * sin(4 * meanLongitude) -
    1.25 * eccentricity * eccentricity * sin(2 * anomaly);
  return {
    declination: (Math.asin(sin(obliquity) * sin(longitude)) * 180) / Math.PI,
    equationOfTime: (4 * equation * 180) / Math.PI,
  };
}
