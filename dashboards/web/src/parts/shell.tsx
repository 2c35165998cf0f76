import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { now } from "../clock.ts";
import { counts, devices, problem } from "../fleet.ts";
import { liveLostSince } from "../live.ts";
import { clockTime, stateWords } from "../words.ts";
import { Rail } from "./rail.tsx";
import { Simulated } from "./simulated.tsx";

/** Rail, what is live and what isn't, and the page. */
export function Shell({ title, children }: { title: string; children: ComponentChildren }) {
  useEffect(() => {
    const { offline } = counts(devices.value.values());
    const mark = offline > 0 ? `${stateWords.offline.mark} ${offline} offline · ` : "";
    document.title = `${mark}${title} · Lamplighter`;
  });
  const lost = liveLostSince.value;
  return (
    <div class={lost === null ? "shell" : "shell not-live"}>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <Rail />
      <main id="content" tabIndex={-1}>
        <Simulated />
        {lost !== null && (
          <p class="banner" role="status">
            Not live since {clockTime(lost, now.value)}. What you see is from then; it comes back by itself.
          </p>
        )}
        {problem.value && (
          <p class="banner" role="alert">
            {problem.value}
          </p>
        )}
        {children}
      </main>
    </div>
  );
}
