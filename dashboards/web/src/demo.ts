import { signal } from "@preact/signals";
import { api, type Demo } from "./api.ts";
import { hear } from "./live.ts";

/** This controller is shown with a simulated street. */
export const simulated = signal(false);
export const demo = signal<Demo | null>(null);

/** Asked before anybody is signed in: the sign-in page says it too. */
export async function noticeDemo(): Promise<void> {
  const answer = await fetch("/healthz").catch(() => null);
  const said = answer?.ok ? ((await answer.json()) as { simulated?: unknown }) : {};
  simulated.value = said.simulated === true;
}

let asking = false;
let again = false;
/** The street as it is now; what happens while it is asked for is asked for anew. */
export async function loadDemo(): Promise<void> {
  again = true;
  if (asking) return;
  asking = true;
  try {
    while (again) {
      again = false;
      demo.value = await api.demo();
    }
  } finally {
    asking = false;
  }
}

/** @returns ends it */
export const followDemo = (failed: (error: unknown) => void): (() => void) =>
  hear("demo", () => void loadDemo().catch(failed));
