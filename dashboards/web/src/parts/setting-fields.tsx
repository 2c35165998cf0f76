import type { Signal } from "@preact/signals";
import type { ChannelKind } from "../api.ts";

type Field = ChannelKind["fields"][number];
export type Values = Record<string, string | boolean>;

/** The settings of a kind of channel, as its schema describes them; what most people leave as it is comes folded.
 *  @param kept names of secrets that are set: left empty, they stay */
export function SettingFields(props: { fields: readonly Field[]; values: Signal<Values>; kept?: readonly string[] }) {
  const { fields, values, kept = [] } = props;
  const rare = fields.filter((one) => one.rare);
  const show = (one: Field) => <Setting key={one.name} field={one} values={values} isKept={kept.includes(one.name)} />;
  return (
    <>
      {fields.filter((one) => !one.rare).map(show)}
      {rare.length > 0 && (
        <details class="more">
          <summary>More settings</summary>
          {rare.map(show)}
        </details>
      )}
    </>
  );
}

function Setting({ field, values, isKept }: { field: Field; values: Signal<Values>; isKept: boolean }) {
  const { name, label, type, hint, placeholder = "", secret, long, options = [] } = field;
  const id = `setting-${name}`;
  const required = field.required && !isKept;
  const value = values.value[name] ?? "";
  const set = (next: string | boolean) => {
    values.value = { ...values.value, [name]: next };
  };
  const text = isKept ? "Set; leave empty to keep it" : placeholder;
  const described = hint === undefined ? {} : { "aria-describedby": `${id}-hint` };
  const common = { id, required, placeholder: text, value: String(value), ...described };
  if (type === "yes-no")
    return (
      <div class="setting">
        <label class="check">
          <input
            type="checkbox"
            checked={value === true}
            {...described}
            onChange={(e) => set(e.currentTarget.checked)}
          />
          {label}
        </label>
        <Hint id={id} hint={hint} />
      </div>
    );
  return (
    <div class="setting">
      <label for={id}>
        {label}
        {!field.required && <span class="quiet"> (optional)</span>}
      </label>
      {type === "choice" ? (
        <select id={id} value={String(value)} {...described} onChange={(e) => set(e.currentTarget.value)}>
          <option value="">As usual</option>
          {options.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      ) : long ? (
        <textarea rows={5} spellcheck={false} {...common} onInput={(e) => set(e.currentTarget.value)} />
      ) : (
        <input
          {...(secret ? { type: "password" } : type === "number" ? { type: "number" } : { type: "text" })}
          autoComplete={secret ? "new-password" : "off"}
          {...common}
          onInput={(e) => set(e.currentTarget.value)}
        />
      )}
      <Hint id={id} hint={hint} />
    </div>
  );
}

function Hint({ id, hint }: { id: string; hint: string | undefined }) {
  if (hint === undefined) return null;
  return (
    <p id={`${id}-hint`} class="quiet hint">
      {hint}
    </p>
  );
}

/** As the API takes it; what is empty is left out. */
export function settingsOf(fields: readonly Field[], values: Values): Record<string, unknown> {
  const given: [string, unknown][] = [];
  for (const { name, type } of fields) {
    const value = values[name];
    if (value === undefined || value === "" || value === false) continue;
    if (type === "number") given.push([name, Number(value)]);
    else if (type === "list")
      given.push([
        name,
        String(value)
          .split(/[,;\s]+/)
          .filter(Boolean),
      ]);
    else given.push([name, typeof value === "string" ? value.trim() : value]);
  }
  return Object.fromEntries(given);
}

/** What a form begins with. */
export const valuesOf = (settings: Record<string, unknown>): Values =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : typeof value === "boolean" ? value : String(value),
    ]),
  );
