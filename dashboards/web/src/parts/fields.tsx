import type { ComponentChildren } from "preact";

interface TextProps {
  label: string;
  value: string;
  placeholder?: string;
  number?: { min: number; max: number };
  required?: boolean;
  /** Letters at most. */
  most?: number;
  /** What a sheet is opened for. */
  first?: boolean;
  set(value: string): void;
}

/** One line of text or a number; keeps what is typed, right or wrong. */
export function Text({
  label,
  value,
  placeholder = "",
  number,
  required = false,
  most,
  first = false,
  set,
}: TextProps) {
  return (
    <label>
      {label}
      <input
        value={value}
        placeholder={placeholder}
        required={required}
        autofocus={first}
        {...(most === undefined ? {} : { maxLength: most })}
        onInput={(e) => set(e.currentTarget.value)}
        {...(number ? { type: "number", inputMode: "numeric", step: "any", ...number } : { autocomplete: "off" })}
      />
    </label>
  );
}

interface PickProps {
  label: ComponentChildren;
  value: string;
  options: readonly (readonly [string, string])[];
  set(value: string): void;
}

/** One of a few. */
export function Pick({ label, value, options, set }: PickProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={(e) => set(e.currentTarget.value)}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
