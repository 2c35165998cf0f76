import type { ComponentChildren } from "preact";
import { fieldGroups, fieldWords } from "../rule-draft.ts";

/** A number of the catalogue, with its unit and what it means. */
export function FieldPick(props: { label: string; value: string; none?: string; set(field: string): void }) {
  const { label, value, none, set } = props;
  const words = fieldWords(value);
  const isOther = value.startsWith("controller.");
  return (
    <div class="setting">
      <label>
        {label}
        <select value={value} onChange={(e) => set(e.currentTarget.value)}>
          {none !== undefined && <option value="">{none}</option>}
          {isOther && <option value={value}>{words.meaning}</option>}
          {fieldGroups.map(({ meaning, fields }) => (
            <optgroup key={meaning} label={meaning}>
              {fields.map((one) => (
                <option key={one.field} value={one.field}>
                  {one.field.split(".")[1]?.replaceAll("_", " ")}
                  {one.unit === "" ? "" : ` (${one.unit})`}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      {value !== "" && (
        <p class="hint">
          {words.meaning}
          {words.unit === "" ? "" : `, in ${words.unit}`}
        </p>
      )}
    </div>
  );
}

interface NumberProps {
  label: string;
  value: string;
  unit?: string;
  problem?: string | undefined;
  required?: boolean;
  placeholder?: string;
  set(value: string): void;
}

/** A number with its unit behind it, and what is wrong with it below. */
export function Measure({ label, value, unit = "", problem, required = false, placeholder = "", set }: NumberProps) {
  return (
    <div class="measure">
      <label>
        {label}
        {unit !== "" && <span class="quiet"> ({unit})</span>}
        <input
          inputMode="decimal"
          autocomplete="off"
          required={required}
          placeholder={placeholder}
          aria-invalid={problem !== undefined}
          value={value}
          onInput={(e) => set(e.currentTarget.value)}
        />
      </label>
      <Wrong>{problem}</Wrong>
    </div>
  );
}

/** What is wrong, in its place. */
export function Wrong({ children }: { children: ComponentChildren }) {
  return children ? <p class="problem wrong">{children}</p> : null;
}

export function Check({ label, value, set }: { label: string; value: boolean; set(value: boolean): void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={value} onChange={(e) => set(e.currentTarget.checked)} />
      {label}
    </label>
  );
}
