import type { Answer } from "../answer.ts";
import type { RulePreview as Preview } from "../api.ts";
import { siteName } from "../fleet.ts";
import { follow } from "../router.ts";
import { Ago } from "./state.tsx";

const shown = 8;

/** Which devices it finds bad right now, the worst first. */
export function RulePreview({ answer: { found, isOld, error } }: { answer: Answer<Preview> }) {
  if (error) return <p class="problem">It can't be tried yet: what is wrong stands beside the form.</p>;
  if (!found) return <p class="quiet">Trying it on the newest values…</p>;
  return (
    <div class={isOld ? "quiet" : ""} aria-busy={isOld}>
      <p class="standing" role="status">
        {found.sentence}
      </p>
      {found.list.length > 0 && (
        <ol class="worst">
          {found.list.slice(0, shown).map((one) => (
            <li key={`${one.device} ${one.series}`}>
              <span class={one.bad ? "state state-offline" : "state state-online"}>
                <span aria-hidden="true">{one.bad ? "■" : "●"}</span>
                <span class="visually-hidden">{one.bad ? "bad" : "fine"}</span>
              </span>
              <span>
                <a href={`/devices/${one.device}`} onClick={follow}>
                  {one.name}
                </a>{" "}
                <span class="quiet">{siteName(one.site)}</span>
              </span>
              <span>{one.said}</span>
              <span class="quiet">
                <Ago at={one.at} />
              </span>
            </li>
          ))}
        </ol>
      )}
      {found.list.length > shown && <p class="quiet">The {shown} worst.</p>}
    </div>
  );
}
