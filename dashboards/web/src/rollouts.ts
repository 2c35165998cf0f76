import { signal } from "@preact/signals";
import { api, type Rollout } from "./api.ts";
import { fail } from "./fleet.ts";
import { hear } from "./live.ts";

/** All that are kept, newest first; null: not known yet. */
export const rollouts = signal<readonly Rollout[] | null>(null);
/** Goes up whenever something about a rollout changed. */
export const rolloutNews = signal<{ id: string; count: number }>({ id: "", count: 0 });

export async function loadRollouts(): Promise<void> {
  try {
    rollouts.value = await api.rollouts();
    rolloutNews.value = { id: "", count: rolloutNews.value.count + 1 };
  } catch (error) {
    fail(error);
  }
}

/** Kept true by the stream. */
export function followRollouts(): void {
  hear("rollout", (data) => {
    const { rollout } = data as { rollout: Rollout };
    const rest = (rollouts.value ?? []).filter(({ id }) => id !== rollout.id);
    if (rollouts.value) rollouts.value = [rollout, ...rest].sort((a, b) => b.createdAt - a.createdAt);
    rolloutNews.value = { id: rollout.id, count: rolloutNews.value.count + 1 };
  });
}
