import { signal } from "@preact/signals";
import { ApiProblem, api, type Me } from "./api.ts";
import { followFleet, loadFleet } from "./fleet.ts";
import { followIncidents, loadIncidents } from "./incidents.ts";
import { closeStream, openStream } from "./live.ts";
import { followRollouts, loadRollouts } from "./rollouts.ts";

/** Who is signed in; null: nobody; undefined: not known yet. */
export const me = signal<Me | null | undefined>(undefined);

let following = false;
async function enter(who: Me): Promise<void> {
  me.value = who;
  if (!following) {
    followFleet();
    followIncidents();
    followRollouts();
  }
  following = true;
  const load = async () => {
    await Promise.all([loadFleet(), loadIncidents(), loadRollouts()]);
  };
  openStream(() => void load(), stillSignedIn);
  await load();
}

/** A session that ended elsewhere ends here too; whatever else is wrong passes by itself. */
function stillSignedIn(): void {
  api.me().catch((error: unknown) => {
    if (!(error instanceof ApiProblem && error.status === 401)) return;
    closeStream();
    me.value = null;
  });
}

/** A one-time link carries its secret behind the `#`, where no log sees it. */
export async function begin(): Promise<string | null> {
  const link = location.pathname === "/sign-in" ? location.hash.slice(1) : "";
  if (link) history.replaceState(null, "", "/sign-in");
  try {
    await enter(link ? await api.signIn({ link }) : await api.me());
    return null;
  } catch (error) {
    me.value = null;
    return link || !(error instanceof ApiProblem && error.status === 401) ? (error as Error).message : null;
  }
}

export async function signIn(username: string, password: string): Promise<void> {
  await enter(await api.signIn({ username, password }));
}

export async function signOut(): Promise<void> {
  await api.signOut().catch(() => undefined);
  closeStream();
  me.value = null;
}
