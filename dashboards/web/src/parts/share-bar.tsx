import { type Figures, partsOf, timeWords } from "../availability-words.ts";

const shownAtLeast = 0.006;

/** All time within the service hours, in one bar; what is drawn is said beside it. */
export function ShareBar({ figures }: { figures: Figures }) {
  const parts = partsOf(figures).filter(({ ms }) => ms > 0);
  return (
    <span class="share-bar" aria-hidden="true">
      {parts.map(({ key, share }) => (
        <span key={key} class={`share share-${key}`} style={{ flexGrow: Math.max(share, shownAtLeast) }} />
      ))}
    </span>
  );
}

/** The bar with its words: what each part is. */
export function Shares({ figures }: { figures: Figures }) {
  const parts = partsOf(figures);
  return (
    <div class="shares">
      <ShareBar figures={figures} />
      <dl class="facts">
        {parts.map(({ key, mark, word, ms, share }) => (
          <div key={key}>
            <dt>
              <span class={`share-key share share-${key}`} aria-hidden="true" /> {mark} {word}
            </dt>
            <dd>
              {timeWords(ms)}
              {ms > 0 && <span class="quiet"> ({(share * 100).toFixed(share < 0.1 ? 2 : 1)} %)</span>}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
