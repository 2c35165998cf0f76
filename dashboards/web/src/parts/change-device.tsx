import { useSignal } from "@preact/signals";
import { api, type Device } from "../api.ts";
import { refreshDevice, sites } from "../fleet.ts";
import { Pick, Text } from "./fields.tsx";
import { Parents } from "./parents.tsx";

/** Another name or site, where it can be asked, and what it is behind; history stays where it was made. */
export function ChangeDevice({ device }: { device: Device }) {
  const name = useSignal(device.name);
  const site = useSignal(device.site ?? "");
  const address = useSignal(device.address ?? "");
  const parents = useSignal(device.parents);
  const said = useSignal<{ good: boolean; text: string } | null>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      await api.changeDevice(device, {
        name: name.value,
        site: site.value === "" ? null : site.value,
        address: address.value.trim() === "" ? null : address.value.trim(),
        parents: parents.value.filter(({ length }) => length > 0),
      });
      await refreshDevice(device.id);
      said.value = { good: true, text: "Saved." };
    } catch (error) {
      said.value = { good: false, text: `${(error as Error).message} What you typed is still here.` };
    }
  };
  return (
    <details class="more">
      <summary>Rename or move, its address, what it is behind</summary>
      <form class="wish" onSubmit={(event) => void submit(event)}>
        <Text
          label="Name"
          required
          most={100}
          value={name.value}
          set={(text) => {
            name.value = text;
          }}
        />
        <Pick
          label="Site (what it measured so far stays with the site it was at)"
          value={site.value}
          options={[["", "none"], ...[...sites.value.values()].map((s) => [s.id, s.name] as const)]}
          set={(id) => {
            site.value = id;
          }}
        />
        <Text
          label="Address (where it is asked whether it is there when its agent is silent; without a port it is pinged)"
          placeholder="10.1.2.3 or ap.example:443"
          most={300}
          value={address.value}
          set={(text) => {
            address.value = text;
          }}
        />
        <Parents
          device={device}
          groups={parents.value}
          set={(groups) => {
            parents.value = groups;
          }}
        />
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
