import { useSignal } from "@preact/signals";
import { Simulated } from "../parts/simulated.tsx";
import { signIn } from "../session.ts";

export function SignIn({ refused }: { refused: string | null }) {
  const name = useSignal("");
  const password = useSignal("");
  const problem = useSignal<string | null>(null);
  const busy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    busy.value = true;
    problem.value = null;
    try {
      await signIn(name.value, password.value);
    } catch (error) {
      problem.value = (error as Error).message;
    } finally {
      busy.value = false;
    }
  };
  const said = problem.value ?? refused;
  return (
    <main class="sign-in">
      <h1>Lamplighter</h1>
      <p class="quiet">Public Wi-Fi and street sensors</p>
      <Simulated />
      <form onSubmit={(event) => void submit(event)}>
        <label>
          User name
          <input
            autocomplete="username"
            required
            value={name.value}
            onInput={(e) => {
              name.value = e.currentTarget.value;
            }}
          />
        </label>
        <label>
          Password
          <input
            type="password"
            autocomplete="current-password"
            required
            value={password.value}
            onInput={(e) => {
              password.value = e.currentTarget.value;
            }}
          />
        </label>
        {said && (
          <p class="problem" role="alert">
            {said}
          </p>
        )}
        <button type="submit" class="main-action" disabled={busy.value}>
          {busy.value ? "Signing in…" : "Sign in"}
        </button>
      </form>
    </main>
  );
}
