import { useSignal } from "@preact/signals";
import { api, type Demo } from "../api.ts";
import { now } from "../clock.ts";
import { loadDemo } from "../demo.ts";
import { follow } from "../router.ts";
import { duration } from "../words.ts";

type Fault = Demo["faults"][number];
type Target = NonNullable<Fault["on"][number]["target"]>;

const first: Record<string, string> = {
  "cut-uplink": "Grays High Street",
  "fray-uplink": "Lakeside bus station",
  "flap-uplink": "Chadwell recreation ground",
  "pull-power": "Station steps",
  "jam-radio": "Market place",
  "bad-configuration": "Civic Square east",
  "foreign-signature": "Civic Square west",
};

/** One thing that can be broken: what it does, the button, and what to watch. */
export function FaultCard({ fault, choices }: { fault: Fault; choices: readonly Target[] }) {
  const chosen = useSignal(choices.find(({ name }) => name === first[fault.what])?.id ?? choices[0]?.id ?? "");
  const busy = useSignal(false);
  const said = useSignal<{ problem: boolean; text: string } | null>(null);
  const act = async (undo: boolean, target: string | null) => {
    busy.value = true;
    said.value = null;
    const where = target === null ? {} : fault.targets === "site" ? { site: target } : { device: target };
    try {
      const { did } = await api.breakSomething({ what: fault.what, ...(undo ? { undo } : {}), ...where });
      if (fault.undo === null) said.value = { problem: false, text: did };
      await loadDemo();
    } catch (error) {
      said.value = { problem: true, text: (error as Error).message };
    } finally {
      busy.value = false;
    }
  };
  const where = fault.targets === "none" ? null : chosen.value;
  const isOn = fault.on.some(({ target }) => (target?.id ?? null) === where);
  return (
    <article class={fault.on.length > 0 ? "fault on" : "fault"}>
      <h2>{fault.title}</h2>
      <p>{fault.does}</p>
      <div class="actions">
        {fault.targets !== "none" && (
          <label>
            <span class="visually-hidden">{fault.targets === "site" ? "At which site" : "Which access point"}</span>
            <select
              value={chosen.value}
              onChange={(event) => {
                chosen.value = event.currentTarget.value;
              }}
            >
              {choices.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <button type="button" disabled={busy.value || isOn} onClick={() => void act(false, where)}>
          {fault.verb}
        </button>
      </div>
      {said.value && (
        <p class={said.value.problem ? "problem" : ""} role="status">
          {said.value.text} {!said.value.problem && fault.targets === "device" && <DeviceLink id={chosen.value} />}
        </p>
      )}
      {fault.on.length > 0 && (
        <ul class="broken">
          {fault.on.map(({ target, since }) => (
            <li key={target?.id ?? fault.what}>
              <span>
                <b aria-hidden="true">■</b> {target?.name ?? "Now"}, for {duration(Math.max(0, now.value - since))}{" "}
                {fault.targets === "device" && target && <DeviceLink id={target.id} />}
              </span>
              <button type="button" disabled={busy.value} onClick={() => void act(true, target?.id ?? null)}>
                {fault.undo}
              </button>
            </li>
          ))}
        </ul>
      )}
      <p class="quiet">{fault.watch}</p>
    </article>
  );
}

const DeviceLink = ({ id }: { id: string }) => (
  <a href={`/devices/${id}`} onClick={follow}>
    its page
  </a>
);
