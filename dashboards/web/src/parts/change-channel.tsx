import { useSignal } from "@preact/signals";
import { api, type Channel, type ChannelKind } from "../api.ts";
import { type Delivery, DeliveryFields } from "./delivery-fields.tsx";
import { SettingFields, settingsOf, type Values, valuesOf } from "./setting-fields.tsx";

/** Other settings for a channel that is there. A secret that is left empty stays.
 *  @param kind undefined: of those that no form makes; then only what it is told can be changed */
export function ChangeChannel(props: {
  channel: Channel;
  kind: ChannelKind | undefined;
  others: readonly Channel[];
  done: () => void;
}) {
  const { channel, kind, others, done } = props;
  const name = useSignal(channel.name);
  const values = useSignal<Values>(valuesOf(channel.settings));
  const delivery = useSignal<Delivery>(channel.delivery);
  const said = useSignal<string | null>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      const given = kind ? settingsOf(kind.fields, values.value) : {};
      // What was emptied is taken away; secrets can't be seen, so an empty one says nothing.
      const emptied = (kind?.fields ?? []).filter(
        ({ name: one, secret }) => !secret && given[one] === undefined && channel.settings[one] !== undefined,
      );
      const settings = { ...given, ...Object.fromEntries(emptied.map(({ name: one }) => [one, null])) };
      await api.changeChannel(channel, { name: name.value, settings, delivery: delivery.value });
      done();
    } catch (error) {
      said.value = (error as Error).message;
    }
  };
  return (
    <form class="wish" aria-label={`Change ${channel.name}`} onSubmit={(event) => void submit(event)}>
      <div class="setting">
        <label for={`name-${channel.id}`}>Name</label>
        <input
          id={`name-${channel.id}`}
          required
          maxLength={100}
          value={name.value}
          onInput={(e) => {
            name.value = e.currentTarget.value;
          }}
        />
      </div>
      {kind && <SettingFields fields={kind.fields} values={values} kept={channel.secrets} />}
      <DeliveryFields delivery={delivery} people={channel.people} others={others} />
      {said.value && (
        <p class="problem" role="alert">
          {said.value}
        </p>
      )}
      <p class="actions">
        <button type="submit" class="main-action">
          Save
        </button>
        <button type="button" class="plain" onClick={done}>
          Leave it as it was
        </button>
      </p>
    </form>
  );
}
