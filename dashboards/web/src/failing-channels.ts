import { signal } from "@preact/signals";
import { api, type Channel } from "./api.ts";
import { me } from "./session.ts";

/** Channels that can't be reached; 0 where one may not know. */
export const failingChannels = signal(0);

export function countFailing(all: readonly Channel[]): void {
  failingChannels.value = all.filter(({ health }) => health.problem !== null).length;
}

/** Whenever something became of a notice. A fault here is not what the page is about. */
export function watchChannels(): void {
  const role = me.value?.role;
  if (role !== "operator" && role !== "admin") return;
  api.channels().then(countFailing, () => {});
}
