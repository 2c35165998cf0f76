import { api, type Channel } from "./api.ts";

const worker = "/push-worker.js";

/** Why this browser cannot be notified; null: it can. */
export function pushProblem(): string | null {
  if (!("serviceWorker" in navigator) || !("PushManager" in window))
    return isSecureContext
      ? "This browser takes no push messages. On an iPhone, add Lamplighter to the home screen first."
      : "Browsers take push messages only over HTTPS.";
  if (Notification.permission === "denied") return "Notifications of this page are blocked in the browser's settings.";
  return null;
}

/** The channel of this very browser; null: it has none. */
export async function ownChannel(all: readonly Channel[]): Promise<Channel | null> {
  const subscription = await (await navigator.serviceWorker.getRegistration(worker))?.pushManager.getSubscription();
  if (!subscription) return null;
  const browser = await nameOf(subscription.endpoint);
  return all.find(({ kind, settings }) => kind === "web-push" && settings["browser"] === browser) ?? null;
}

export async function subscribe(name: string): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted")
    throw new Error("The browser was not allowed to show notifications: allow it in its settings for this page.");
  await navigator.serviceWorker.register(worker);
  const { pushManager } = await navigator.serviceWorker.ready;
  const applicationServerKey = bytesOf(await api.pushKey());
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  const { keys } = subscription.toJSON();
  const { p256dh = "", auth = "" } = keys ?? {};
  await api.subscribePush({ name, endpoint: subscription.endpoint, keys: { p256dh, auth } });
}

export async function unsubscribe(): Promise<void> {
  const subscription = await (await navigator.serviceWorker.getRegistration(worker))?.pushManager.getSubscription();
  if (!subscription) return;
  await api.unsubscribePush(await nameOf(subscription.endpoint));
  await subscription.unsubscribe();
}

/** As the controller names a subscription: the address is as good as a password. */
async function nameOf(endpoint: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
}

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

/** "Firefox on Android", for a list. */
export function browserName(agent: string): string {
  const browser = /Edg/.test(agent)
    ? "Edge"
    : /Firefox/.test(agent)
      ? "Firefox"
      : /Chrome/.test(agent)
        ? "Chrome"
        : /Safari/.test(agent)
          ? "Safari"
          : "A browser";
  const system = /Android/.test(agent)
    ? "Android"
    : /iPhone|iPad/.test(agent)
      ? "iOS"
      : /Windows/.test(agent)
        ? "Windows"
        : /Mac OS/.test(agent)
          ? "macOS"
          : "Linux";
  return `${browser} on ${system}`;
}
