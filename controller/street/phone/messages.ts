import type { DemoView } from "../../http/index.ts";

export type PhoneMessage = DemoView["messages"][number];

export const phoneLimits = { messages: 100, messageBytes: 64 * 1024, connections: 16 } as const;

/** The last messages that came, newest first. */
export function createInbox(needs: { now: () => number; arrived: () => void }) {
  let messages: PhoneMessage[] = [];
  let last = 0;
  return {
    list: (): PhoneMessage[] => messages,
    /** The number that the next one gets. */
    next: (): number => last + 1,
    put(message: Omit<PhoneMessage, "id" | "at">): void {
      last++;
      messages = [{ id: last, at: needs.now(), ...message }, ...messages].slice(0, phoneLimits.messages);
      needs.arrived();
    },
  };
}
export type Inbox = ReturnType<typeof createInbox>;
