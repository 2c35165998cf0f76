import { type Unit, unitWords } from "../duration-text.ts";

interface Props {
  label: string;
  /** "15m"; what is not a number yet stays as it is typed. */
  value: string;
  units?: readonly Unit[];
  problem?: string | undefined;
  set(value: string): void;
}

/** How long: a number and its unit. */
export function Lasting({ label, value, units = ["m", "h", "d"], problem, set }: Props) {
  const unit = (units.find((one) => value.endsWith(one)) ?? units[0]) as Unit;
  const number = value.replace(/[smhd]$/, "");
  return (
    <fieldset class="lasting">
      <legend>{label}</legend>
      <input
        aria-label={`${label}: number`}
        inputMode="decimal"
        autocomplete="off"
        value={number}
        onInput={(e) => set(`${e.currentTarget.value.trim()}${unit}`)}
      />
      <select aria-label={`${label}: unit`} value={unit} onChange={(e) => set(`${number}${e.currentTarget.value}`)}>
        {units.map((one) => (
          <option key={one} value={one}>
            {unitWords[one]}
          </option>
        ))}
      </select>
      {problem && <span class="problem">{problem}</span>}
    </fieldset>
  );
}
