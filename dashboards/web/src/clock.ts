import { signal } from "@preact/signals";

/** The browser's time: the one place that asks for it. Ages on the page follow `now`. */
export const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 1_000);

/** In [0, 1): so that many pages do not come back at once. */
export const random = (): number => Math.random();
export const currentTime = (): number => Date.now();

/** @returns ends it */
export function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

export function every(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms);
  return () => clearInterval(timer);
}
