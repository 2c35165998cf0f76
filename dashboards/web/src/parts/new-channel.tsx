import { type Signal, useSignal } from "@preact/signals";
import { api, type ChannelWish } from "../api.ts";

/** A mailbox or a webhook. */
export function NewChannel({ made, isFirst }: { made: () => void; isFirst: boolean }) {
  const kind = useSignal<"email" | "webhook">("email");
  const fields = useSignal<Record<string, string>>({ port: "587" });
  const said = useSignal<string | null>(null);
  const secret = useSignal<string | null>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    try {
      const channel = await api.createChannel(wishOf(kind.value, fields.value));
      secret.value =
        kind.value === "webhook" && !fields.value["secret"] ? String(channel.settings["secret"] ?? "") : null;
      said.value = null;
      fields.value = { port: "587" };
      form.reset();
      made();
    } catch (error) {
      said.value = (error as Error).message;
    }
  };
  return (
    <details class="more" open={isFirst}>
      <summary>Add somebody to tell</summary>
      <form class="wish" onSubmit={(event) => void submit(event)}>
        <fieldset class="actions">
          <legend class="visually-hidden">Kind</legend>
          {(["email", "webhook"] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={kind.value === one}
              onClick={() => {
                kind.value = one;
              }}
            >
              {one === "email" ? "Email" : "Webhook"}
            </button>
          ))}
        </fieldset>
        <Field fields={fields} name="name" label="Name, such as Duty phone" required />
        {kind.value === "email" ? <EmailFields fields={fields} /> : <WebhookFields fields={fields} />}
        {said.value && (
          <p class="problem" role="alert">
            {said.value}
          </p>
        )}
        <button type="submit" class="main-action">
          Add it
        </button>
      </form>
      {secret.value !== null && (
        <p role="status">
          Its notices are signed with this secret, shown once: <code class="secret">{secret.value}</code>
        </p>
      )}
    </details>
  );
}

type Fields = Signal<Record<string, string>>;

function EmailFields({ fields }: { fields: Fields }) {
  return (
    <>
      <Field fields={fields} name="to" label="To (several: with commas)" required />
      <Field fields={fields} name="from" label="From" required />
      <Field fields={fields} name="host" label="Mail server" required />
      <Field fields={fields} name="port" label="Its port" required />
      <Field fields={fields} name="user" label="User, where it asks for one" />
      <Field fields={fields} name="password" label="Password (kept sealed, never shown again)" type="password" />
    </>
  );
}

function WebhookFields({ fields }: { fields: Fields }) {
  return (
    <>
      <Field fields={fields} name="url" label="URL" required />
      <Field
        fields={fields}
        name="secret"
        label="Secret that signs what is sent (16 letters or more; made for you when empty)"
        type="password"
      />
    </>
  );
}

function Field(props: { fields: Fields; name: string; label: string; type?: "text" | "password"; required?: boolean }) {
  const { fields, name, label, type = "text", required = false } = props;
  return (
    <label>
      {label}
      <input
        {...(type === "password" ? { type } : { type })}
        required={required}
        autoComplete={type === "password" ? "new-password" : "off"}
        value={fields.value[name] ?? ""}
        onInput={(e) => {
          fields.value = { ...fields.value, [name]: e.currentTarget.value };
        }}
      />
    </label>
  );
}

function wishOf(kind: "email" | "webhook", given: Record<string, string>): ChannelWish {
  const { name = "", url = "", secret, host = "", port = "", from = "", to = "", user, password } = given;
  if (kind === "webhook") return { kind, name, settings: { url: url.trim(), ...(secret ? { secret } : {}) } };
  const mailboxes = to.split(/[,;\s]+/).filter(Boolean);
  const account = { ...(user ? { user } : {}), ...(password ? { password } : {}) };
  return {
    kind,
    name,
    settings: { host: host.trim(), port: Number(port), from: from.trim(), to: mailboxes, ...account },
  };
}
