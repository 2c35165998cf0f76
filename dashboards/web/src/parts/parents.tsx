import type { Device } from "../api.ts";
import { devices, inOrder } from "../fleet.ts";
import { Pick } from "./fields.tsx";

const groupsAtMost = 4;
const ofGroupAtMost = 8;

/** What may connect it: what stands at its site, and switches and gateways anywhere. */
function candidates(device: Device): Device[] {
  const near = (one: Device) => Number(one.site !== device.site);
  return inOrder.value
    .filter((one) => one.id !== device.id)
    .filter((one) => (one.site !== null && one.site === device.site) || one.kind === "switch" || one.kind === "gateway")
    .sort((a, b) => near(a) - near(b) || a.name.localeCompare(b.name, "en-GB", { numeric: true }));
}

interface ParentsProps {
  device: Device;
  /** Ids; of each group one is enough. */
  groups: readonly (readonly string[])[];
  set(groups: string[][]): void;
}

/** What a device is behind: when that is lost, so is the device, and nobody is told of it by itself. */
export function Parents({ device, groups, set }: ParentsProps) {
  const possible = candidates(device);
  const nameOf = (id: string) => devices.value.get(id)?.name ?? id;
  const change = (index: number, group: readonly string[]) => {
    const next = groups.map((one, i) => [...(i === index ? group : one)]);
    set((index === groups.length ? [...next, [...group]] : next).filter(({ length }) => length > 0));
  };
  const shown = groups.length < groupsAtMost ? [...groups, []] : groups;
  return (
    <fieldset class="parents">
      <legend>Behind</legend>
      <p class="quiet">It is out of reach when this is. Of several in one line one is enough.</p>
      {shown.map((group, index) => (
        <div key={index} class="parents-group">
          {group.map((id) => (
            <button
              key={id}
              type="button"
              onClick={() =>
                change(
                  index,
                  group.filter((one) => one !== id),
                )
              }
            >
              {nameOf(id)} <span aria-hidden="true">×</span>
              <span class="visually-hidden">: take it away</span>
            </button>
          ))}
          {group.length < ofGroupAtMost && (
            <Pick
              label={group.length > 0 ? "or" : index === 0 ? "A device" : "and also"}
              value=""
              options={[
                ["", group.length > 0 ? "nothing else" : "nothing"],
                ...possible.filter(({ id }) => !group.includes(id)).map(({ id, name }) => [id, name] as const),
              ]}
              set={(id) => {
                if (id !== "") change(index, [...group, id]);
              }}
            />
          )}
        </div>
      ))}
    </fieldset>
  );
}
