import type { Device } from "../api.ts";
import { configMarks, type Standing, tally } from "../config-words.ts";
import { siteName } from "../fleet.ts";
import { follow } from "../router.ts";

/** Shape, colour and word together. @param props.said a sentence beside it has the word */
export function ConfigMark({ status, said = false }: { status: Standing["status"]; said?: boolean }) {
  const { mark, word, hue } = configMarks[status];
  return (
    <span class={`state state-${hue}`}>
      <span class="mark" aria-hidden="true">
        {mark}
      </span>
      {!said && <span>{word}</span>}
    </span>
  );
}

const shownAtMost = 100;
/** Those that a person may have to do something about come first. */
const order: Standing["status"][] = ["rejected", "reverted", "partly", "foreign", "trying", "waiting"];

/** How the configuration of many devices stands, kept true by the stream. */
export function ConfigStanding({ devices }: { devices: readonly Device[] }) {
  const open = devices
    .filter((d) => order.includes(d.config.status))
    .sort((a, b) => order.indexOf(a.config.status) - order.indexOf(b.config.status));
  return (
    <section aria-labelledby="standing">
      <h2 id="standing">How it stands</h2>
      <p role="status" class="standing">
        {devices.length === 0 ? "No device is chosen." : `${tally(devices.map((d) => d.config.status))}.`}
      </p>
      <ul class="standings">
        {open.slice(0, shownAtMost).map((device) => (
          <li key={device.id}>
            <ConfigMark status={device.config.status} />{" "}
            <a href={`/devices/${device.id}`} onClick={follow}>
              {device.name}
            </a>{" "}
            <span class="quiet">
              {siteName(device.site)}
              {device.config.why ? ` · ${device.config.why}` : ""}
            </span>
          </li>
        ))}
      </ul>
      {open.length > shownAtMost && <p class="quiet">… and {open.length - shownAtMost} more.</p>}
    </section>
  );
}
