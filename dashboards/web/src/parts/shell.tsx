import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { now } from "../clock.ts";
import { counts, devices, problem } from "../fleet.ts";
import { liveLostSince } from "../live.ts";
import { follow, path } from "../router.ts";
import { me, signOut } from "../session.ts";
import { clockTime, stateWords } from "../words.ts";

const rail: { to: string; label: string; more?: string }[] = [
  { to: "/", label: "Overview" },
  { to: "/devices", label: "Devices" },
  { to: "/add", label: "Add", more: " a device" },
];

const isHere = (to: string): boolean => (to === "/" ? path.value === "/" : path.value.startsWith(to));

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
      <nav class="rail" aria-label="Main">
        <a class="brand" href="/" onClick={follow}>
          <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
            <path d="M5 2h6l2 7H3zM7 9h2v6H7z" fill="currentColor" />
          </svg>
          <span>Lamplighter</span>
        </a>
        {rail.map(({ to, label, more }) => (
          <a key={to} href={to} onClick={follow} aria-current={isHere(to) ? "page" : undefined}>
            {label}
            {more && <span class="wide">{more}</span>}
          </a>
        ))}
        <span class="who">
          <span class="quiet">{me.value?.name}</span>
          <button type="button" class="plain" onClick={() => void signOut()}>
            Sign out
          </button>
        </span>
      </nav>
      <main id="content" tabIndex={-1}>
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
