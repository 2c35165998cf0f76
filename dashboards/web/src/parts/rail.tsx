import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { simulated } from "../demo.ts";
import { failingChannels, watchChannels } from "../failing-channels.ts";
import { incidentNews, openIncidents } from "../incidents.ts";
import { follow, path } from "../router.ts";
import { me, signOut } from "../session.ts";

interface Place {
  to: string;
  label: string;
  /** Pages that belong to it, though their address does not say so. */
  also?: string;
}

/** On a phone these are in the line, the rest is behind "More". */
const first: readonly Place[] = [
  { to: "/", label: "Overview" },
  { to: "/devices", label: "Devices", also: "/import" },
  { to: "/incidents", label: "Incidents" },
];
const rest: readonly Place[] = [
  { to: "/planned", label: "Planned work" },
  { to: "/availability", label: "Availability" },
  { to: "/configuration", label: "Configuration" },
  { to: "/templates", label: "Templates" },
  { to: "/rollouts", label: "Rollouts" },
  { to: "/add", label: "Add a device" },
];
const settings: readonly Place[] = [
  { to: "/channels", label: "Notifications" },
  { to: "/escalation", label: "Escalation" },
  { to: "/rules", label: "Rules" },
];
const breaking: Place = { to: "/demo", label: "Break something" };

/** "page": this is it; "true": it is the parent of what is shown. */
function here({ to, also }: Place): "page" | "true" | undefined {
  if (path.value === to) return "page";
  return (to !== "/" && path.value.startsWith(`${to}/`)) || path.value === also ? "true" : undefined;
}

/** Where one can go: a line on a phone, a rail beside the content on a desk. */
export function Rail() {
  const nav = useRef<HTMLElement>(null);
  const toggle = useRef<HTMLButtonElement>(null);
  const open = useSignal(false);
  useEffect(watchChannels, [incidentNews.value.count, me.value?.role]);
  const before = [...rest, ...(simulated.value ? [breaking] : [])];
  const behind = [...before, ...settings];
  useEffect(() => {
    if (!open.value) return;
    const leave = (event: Event) => {
      if (event.target instanceof Node && !nav.current?.contains(event.target)) open.value = false;
    };
    const press = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      open.value = false;
      toggle.current?.focus();
    };
    addEventListener("pointerdown", leave);
    addEventListener("focusin", leave);
    addEventListener("keydown", press);
    return () => {
      removeEventListener("pointerdown", leave);
      removeEventListener("focusin", leave);
      removeEventListener("keydown", press);
    };
  }, [open.value, open]);
  const go = (event: MouseEvent) => {
    open.value = false;
    follow(event);
  };
  const link = (place: Place) => (
    <a key={place.to} href={place.to} onClick={go} aria-current={here(place)}>
      {place.label}
      {place.to === "/incidents" && <OpenCount />}
      {place.to === "/channels" && <FailingCount />}
    </a>
  );
  return (
    <nav ref={nav} class="rail" aria-label="Main">
      <a class="brand" href="/" aria-label="Lamplighter" onClick={go}>
        <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
          <path d="M5 2h6l2 7H3zM7 9h2v6H7z" fill="currentColor" />
        </svg>
        <span>Lamplighter</span>
      </a>
      {first.map(link)}
      <button
        ref={toggle}
        type="button"
        class={behind.some(here) ? "rail-more here" : "rail-more"}
        aria-expanded={open.value}
        aria-controls="rail-rest"
        onClick={() => {
          open.value = !open.value;
        }}
      >
        More
      </button>
      <div id="rail-rest" class={open.value ? "rail-rest open" : "rail-rest"}>
        {before.map(link)}
        <span class="rail-group quiet">Settings</span>
        {settings.map(link)}
        <span class="who">
          <span class="quiet">{me.value?.name}</span>
          <button type="button" class="plain" onClick={() => void signOut()}>
            Sign out
          </button>
        </span>
      </div>
    </nav>
  );
}

/** How many channels can't be reached. */
function FailingCount() {
  const failing = failingChannels.value;
  if (failing === 0) return null;
  return (
    <span class="badge">
      {failing}
      <span class="visually-hidden"> not working</span>
    </span>
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
