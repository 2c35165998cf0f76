import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { after } from "./clock.ts";

const typingMs = 400;

export interface Answer<T> {
  found: T | null;
  /** What is shown is of what was typed before. */
  isOld: boolean;
  error: Error | null;
}

/** What the controller says to a question that is being typed, a moment after the last letter.
 *  @param key what is asked, as text; null: nothing yet */
export function useAnswer<T>(key: string | null, ask: () => Promise<T>): Answer<T> {
  const answer = useSignal<Answer<T>>({ found: null, isOld: false, error: null });
  useEffect(() => {
    if (key === null) {
      answer.value = { found: null, isOld: false, error: null };
      return;
    }
    answer.value = { ...answer.value, isOld: true };
    let gone = false;
    const put = (next: Answer<T>) => {
      if (!gone) answer.value = next;
    };
    const cancel = after(typingMs, () => {
      ask().then(
        (found) => put({ found, isOld: false, error: null }),
        (error: Error) => put({ found: null, isOld: false, error }),
      );
    });
    return () => {
      gone = true;
      cancel();
    };
  }, [key]);
  return answer.value;
}
