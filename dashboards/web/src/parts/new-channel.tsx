import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api, type Channel, type ChannelKind } from "../api.ts";
import { type Delivery, DeliveryFields } from "./delivery-fields.tsx";
import { SettingFields, settingsOf, type Values, valuesOf } from "./setting-fields.tsx";

/** From a list of kinds to a channel. */
export function NewChannel(props: {
  kinds: readonly ChannelKind[];
  channels: readonly Channel[];
  made: (channel: Channel) => void;
}) {
  const { kinds, channels, made } = props;
  const chosen = useSignal<ChannelKind | null>(null);
  const isOpen = useSignal(channels.length === 0);
  const secret = useSignal<string | null>(null);
  const done = (channel: Channel, shown: string | null) => {
    chosen.value = null;
    isOpen.value = false;
    secret.value = shown;
    made(channel);
  };
  return (
    <section aria-labelledby="new-channel">
      <h2 id="new-channel">Add somebody to tell</h2>
      {secret.value !== null && (
        <p role="status">
          Its notices are signed with this secret, shown once: <code class="secret">{secret.value}</code>
        </p>
      )}
      {chosen.value !== null ? (
        <ChannelForm
          key={chosen.value.kind}
          kind={chosen.value}
          others={channels}
          done={done}
          back={() => {
            chosen.value = null;
          }}
        />
      ) : isOpen.value ? (
        <ul class="kinds">
          {kinds.map((kind) => (
            <li key={kind.kind}>
              <button
                type="button"
                onClick={() => {
                  chosen.value = kind;
                }}
              >
                <b>{kind.title}</b>
                <span class="quiet">{kind.help}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <button
          type="button"
          onClick={() => {
            isOpen.value = true;
          }}
        >
          Choose how
        </button>
      )}
    </section>
  );
}

function ChannelForm(props: {
  kind: ChannelKind;
  others: readonly Channel[];
  done: (channel: Channel, secret: string | null) => void;
  back: () => void;
}) {
  const { kind, others, done, back } = props;
  const name = useSignal("");
  const values = useSignal<Values>(kind.kind.endsWith("mail") ? { port: "587" } : {});
  const delivery = useSignal<Delivery>(kind.delivery);
  const said = useSignal<string | null>(null);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      const settings = settingsOf(kind.fields, values.value);
      const wish = { kind: kind.kind, name: name.value, settings, delivery: delivery.value };
      const channel = await api.createChannel(wish);
      const made = channel.settings["secret"];
      done(channel, typeof made === "string" ? made : null);
    } catch (error) {
      said.value = (error as Error).message;
    }
  };
  return (
    <form class="wish" onSubmit={(event) => void submit(event)}>
      <h3>{kind.title}</h3>
      <p class="quiet">{kind.help}</p>
      {kind.presets.length > 0 && (
        <p class="actions">
          <span>Start from:</span>
          {kind.presets.map((preset) => (
            <button
              key={preset.title}
              type="button"
              onClick={() => {
                values.value = valuesOf(preset.settings);
                if (name.value === "") name.value = preset.title;
              }}
            >
              {preset.title}
            </button>
          ))}
        </p>
      )}
      <div class="setting">
        <label for="channel-name">Name, such as Duty phone</label>
        <input
          ref={first}
          id="channel-name"
          required
          maxLength={100}
          autoComplete="off"
          value={name.value}
          onInput={(e) => {
            name.value = e.currentTarget.value;
          }}
        />
      </div>
      <SettingFields fields={kind.fields} values={values} />
      <DeliveryFields delivery={delivery} people={kind.people} others={others} />
      {said.value && (
        <p class="problem" role="alert">
          {said.value}
        </p>
      )}
      <p class="actions">
        <button type="submit" class="main-action">
          Add it
        </button>
        <button type="button" class="plain" onClick={back}>
          Another kind
        </button>
      </p>
    </form>
  );
}
