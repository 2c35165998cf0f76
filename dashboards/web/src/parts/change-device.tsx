import { useSignal } from "@preact/signals";
import { api, type Device } from "../api.ts";
import { refreshDevice, sites } from "../fleet.ts";

/** Another name or another site; history stays where it was made. */
export function ChangeDevice({ device }: { device: Device }) {
  const name = useSignal(device.name);
  const site = useSignal(device.site ?? "");
  const said = useSignal<{ good: boolean; text: string } | null>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      await api.changeDevice(device, { name: name.value, site: site.value === "" ? null : site.value });
      await refreshDevice(device.id);
      said.value = { good: true, text: "Saved." };
    } catch (error) {
      said.value = { good: false, text: (error as Error).message };
    }
  };
  return (
    <details class="more">
      <summary>Rename or move</summary>
      <form class="wish" onSubmit={(event) => void submit(event)}>
        <label>
          Name
          <input
            required
            maxLength={100}
            value={name.value}
            onInput={(e) => {
              name.value = e.currentTarget.value;
            }}
          />
        </label>
        <label>
          Site (what it measured so far stays with the site it was at)
          <select
            value={site.value}
            onChange={(e) => {
              site.value = e.currentTarget.value;
            }}
          >
            <option value="">none</option>
            {[...sites.value.values()].map((s) => (
              <option key={s.id} value={s.id}>
                {s.name}
              </option>
            ))}
          </select>
        </label>
        {said.value && (
          <p class={said.value.good ? "" : "problem"} role="status">
            {said.value.text}
          </p>
        )}
        <button type="submit" class="main-action">
          Save
        </button>
      </form>
    </details>
  );
}
