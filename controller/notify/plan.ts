/** A notice in the outbox, as far as sending it is a question. */
export interface OutboxRow {
  id: number;
  kind: string;
  generation: number;
  state: string;
  /** The digest that says it. */
  digest?: string | null;
  /** The channel that could not be told it. */
  passed_from?: string | null;
}

export interface Plan {
  /** The row that is sent; its kind and key are the notice's. */
  send: OutboxRow | null;
  /** All rows that this settles. */
  covers: OutboxRow[];
  /** It is over and nobody heard of its beginning: one notice says both. */
  late: boolean;
  /** The channel for which this one stands in. */
  passedFrom: string | null;
}

/** What one channel hears next of one incident. Rows in their order. What is over, or was said by a later notice, is not
 *  told any more; an end is told only to whom the beginning was, or who stands in for whom it was. Pure.
 *  @param way.digest whose rows are sent; null: of none
 *  @param way.stepwise one step at a time: the beginning, though it is over already */
export function plan(
  rows: readonly OutboxRow[],
  way: { digest?: string | null | undefined; stepwise?: boolean | undefined } = {},
): Plan {
  const waiting = rows.filter(({ state, digest }) => state === "waiting" && (digest ?? null) === (way.digest ?? null));
  const told = rows.some(({ kind, state }) => kind === "opened" && (state === "sent" || state === "merged"));
  const opened = waiting.find(({ kind }) => kind === "opened");
  const passedFrom = waiting.find(({ passed_from }) => passed_from)?.passed_from ?? null;
  const nothing = { covers: waiting, late: false, passedFrom };
  if (!told && !opened && passedFrom === null) return { ...nothing, send: null };
  const over = waiting.find(({ kind }) => kind === "resolved" || kind === "closed");
  if (way.stepwise && over && opened) {
    const before = waiting.filter(({ id }) => id < over.id);
    return { ...nothing, send: opened, covers: before };
  }
  if (over) return { ...nothing, send: over, late: !told && opened !== undefined };
  return { ...nothing, send: opened ?? waiting.at(-1) ?? null };
}

export const keyOf = (incident: string, { kind, generation }: Pick<OutboxRow, "kind" | "generation">): string =>
  `${incident}:${kind}:${generation}`;
