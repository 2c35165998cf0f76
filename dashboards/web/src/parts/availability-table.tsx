import type { ComponentChildren } from "preact";
import { type Figures, mainlyWords, peopleWords, shareWords, timeWords } from "../availability-words.ts";
import { ShareBar } from "./share-bar.tsx";

export interface AvailabilityRow {
  key: string;
  name: ComponentChildren;
  note?: string;
  figures: Figures;
}

/** Places or devices, a line each; on a phone each is a card. */
export function AvailabilityTable({
  rows,
  caption,
  what,
}: {
  rows: readonly AvailabilityRow[];
  caption: string;
  what: string;
}) {
  return (
    <div class="wide-table availability">
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{what}</th>
            <th scope="col">There</th>
            <th scope="col" class="number">
              Lost
            </th>
            <th scope="col">Why</th>
            <th scope="col" class="number">
              Not known
            </th>
            <th scope="col" class="number">
              Left out
            </th>
            <th scope="col" class="number">
              Lost × usually on
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Line key={row.key} row={row} what={what} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ row, what }: { row: AvailabilityRow; what: string }) {
  const { name, note, figures } = row;
  const { availability, availabilityOnline, lostMs, unknownMs, excludedMs, lostClientMs, revised } = figures;
  const { outsideMs, outsideUpMs, unseenMs } = figures;
  const online = availabilityOnline !== null && availability !== null && availabilityOnline < availability;
  const notes = [
    note ?? "",
    revised ? "revised: something became known afterwards" : "",
    online ? `${shareWords(availabilityOnline)} where its line counts` : "",
    outsideMs > 0 ? `outside service hours ${timeWords(outsideUpMs)} of ${timeWords(outsideMs)}` : "",
    unseenMs > 0 && availability === null ? "not yet seen" : "",
  ].filter(Boolean);
  return (
    <tr>
      <td data-column={what}>
        <span>
          {name}
          {notes.length > 0 && <span class="quiet row-note"> {notes.join(" · ")}</span>}
        </span>
      </td>
      <td data-column="There">
        <span class="there">
          <b class={availability === null ? "quiet none" : ""}>{shareWords(availability)}</b>
          {availability !== null && <ShareBar figures={figures} />}
        </span>
      </td>
      <td data-column="Lost" class="number">
        {timeWords(lostMs)}
      </td>
      <td data-column="Why">{lostMs > 0 ? mainlyWords(figures) : <span class="quiet">nothing lost</span>}</td>
      <td data-column="Not known" class="number">
        {timeWords(unknownMs)}
      </td>
      <td data-column="Left out" class="number">
        {timeWords(excludedMs)}
      </td>
      <td data-column="Lost × usually on" class="number">
        {lostMs > 0 ? peopleWords(lostClientMs) : "none"}
      </td>
    </tr>
  );
}
