import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { now } from "../clock.ts";
import { simulated } from "../demo.ts";
import { counts, devices, problem } from "../fleet.ts";
import { openIncidents } from "../incidents.ts";
import { liveLostSince } from "../live.ts";
import { follow, path } from "../router.ts";
import { me, signOut } from "../session.ts";
import { clockTime, stateWords } from "../words.ts";
import { Simulated } from "./simulated.tsx";

const rail: { to: string; label: string; more?: string }[] = [
  { to: "/", label: "Overview" },
  { to: "/devices", label: "Devices" },
  { to: "/incidents", label: "Incidents" },
  { to: "/configuration", label: "Configuration" },
  { to: "/add", label: "Add", more: " a device" },
  { to: "/channels", label: "Notifications" },
];

const breaking = { to: "/demo", label: "Break", more: " something" };

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
        <a class="brand" href="/" aria-label="Lamplighter" onClick={follow}>
          <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
            <path d="M5 2h6l2 7H3zM7 9h2v6H7z" fill="currentColor" />
          </svg>
          <span>Lamplighter</span>
        </a>
        {[...rail, ...(simulated.value ? [breaking] : [])].map(({ to, label, more }) => (
          <a key={to} href={to} onClick={follow} aria-current={isHere(to) ? "page" : undefined}>
            {label}
            {more && <span class="wide">{more}</span>}
            {to === "/incidents" && <OpenCount />}
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

/** How many are open, beside the word. */
function OpenCount() {
  const open = openIncidents.value.length;
  if (open === 0) return null;
  return (
    <span class="badge">
      {open}
      <span class="visually-hidden"> open</span>
    </span>
  );
}
