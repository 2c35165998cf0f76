import { notFound } from "../base/errors.ts";
import type { By, Channels } from "./channels.ts";
import { browserOf } from "./web-push/index.ts";

/** People's own browsers: a channel each, made and ended by whoever sits before it. */
export function createPush(needs: { channels: Channels; key: string }) {
  const { channels } = needs;
  const mine = async (by: By, browser: string) =>
    (await channels.list()).find(
      ({ kind, settings }) => kind === "web-push" && settings["browser"] === browser && settings["user"] === by.id,
    );
  return {
    /** What a browser subscribes with. */
    key: needs.key,
    async subscribe(
      by: By,
      { name, endpoint, keys }: { name: string; endpoint: string; keys: { p256dh: string; auth: string } },
    ) {
      const settings = { endpoint, ...keys, user: by.id };
      const known = await mine(by, browserOf(endpoint));
      if (known) return (await channels.change(by, known.id, { settings })).channel;
      return (await channels.create(by, { kind: "web-push", name, settings })).channel;
    },
    /** @param browser the name of the subscription, as its channel shows it */
    async unsubscribe(by: By, browser: string): Promise<void> {
      const known = await mine(by, browser);
      if (!known) throw notFound("subscription", browser);
      await channels.remove(by, known.id);
    },
  };
}
export type Push = ReturnType<typeof createPush>;
