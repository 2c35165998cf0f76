import { simulated } from "../demo.ts";

/** On every page of the demo: nobody shall take it for a real town. */
export function Simulated() {
  if (!simulated.value) return null;
  return <p class="simulated">Simulated street: real agent code, nothing leaves this computer.</p>;
}
