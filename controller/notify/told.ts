import type { Handle } from "./channel-kind.ts";
import type { Outbox } from "./outbox.ts";

type Row = Awaited<ReturnType<Outbox["rowsOf"]>>[number];

/** What became of one notice, as it is shown with its incident. Pure. */
export function toldFrom(row: Row, now: number) {
  const handle: Handle = row.handle_json === null || row.state !== "sent" ? {} : JSON.parse(row.handle_json);
  const { reference, link } = handle;
  const isMuted = row.muted_until !== null && row.muted_until > now;
  const due = isMuted ? row.muted_until : row.not_before;
  return {
    channel: row.channel,
    name: row.name,
    kind: row.kind,
    at: row.done_at ?? row.created_at,
    outcome: row.state,
    answer: row.answer,
    attempts: row.attempts,
    ...(row.state === "waiting" && due !== null && due > now
      ? { waitsFor: isMuted ? "mute" : row.lane === "now" ? "retry" : row.lane, due }
      : {}),
    ...(row.passed_from === null ? {} : { insteadOf: row.passed_from }),
    ...(reference === undefined ? {} : { reference }),
    ...(link === undefined ? {} : { link }),
  };
}
