/** A notice in the outbox, as far as sending it is a question. */
export interface OutboxRow {
  id: number;
  kind: string;
  generation: number;
  state: string;
}

export interface Plan {
  /** The row that is sent; its kind and key are the notice's. */
  send: OutboxRow | null;
  /** All rows that this settles. */
  covers: OutboxRow[];
  /** It is over and nobody heard of its beginning: one notice says both. */
  late: boolean;
}

/** What one channel hears next of one incident. Rows in their order. What is over, or was said by a later notice, is not
 *  told any more; an end is told only to whom the beginning was. Pure. */
export function plan(rows: readonly OutboxRow[]): Plan {
  const covers = rows.filter(({ state }) => state === "waiting");
  const told = rows.some(({ kind, state }) => kind === "opened" && (state === "sent" || state === "merged"));
  const opened = covers.find(({ kind }) => kind === "opened");
  if (!told && !opened) return { send: null, covers, late: false };
  const over = covers.find(({ kind }) => kind === "resolved" || kind === "closed");
  if (over) return { send: over, covers, late: !told };
  return { send: opened ?? covers.at(-1) ?? null, covers, late: false };
}

export const keyOf = (incident: string, { kind, generation }: Pick<OutboxRow, "kind" | "generation">): string =>
  `${incident}:${kind}:${generation}`;
