import type { Role } from "../auth/index.ts";

/** Who may do what, for every call under /api/v1: the least role, or anybody. What is not here is nobody's.
 *  A test walks through all routes and roles. */
export const access: Readonly<Record<string, Role | "anyone">> = {
  "POST /session": "anyone",
  "GET /session": "viewer",
  "DELETE /session": "anyone",

  "GET /sites": "viewer",
  "POST /sites": "operator",
  "GET /sites/:id": "viewer",
  "PATCH /sites/:id": "operator",
  "DELETE /sites/:id": "operator",

  "GET /devices": "viewer",
  "POST /devices": "operator",
  "GET /devices/:id": "viewer",
  "PATCH /devices/:id": "operator",
  "DELETE /devices/:id": "operator",
  "GET /devices/:id/series": "viewer",
  "GET /devices/:id/latest": "viewer",
  "GET /devices/:id/delivery": "viewer",
  "GET /devices/:id/quarantine": "viewer",
  "GET /devices/:id/late": "viewer",
  "GET /devices/:id/events": "viewer",
  "GET /devices/:id/explain": "viewer",
  "GET /devices/:id/config": "viewer",
  "PUT /devices/:id/config": "operator",
  "GET /devices/:id/config/revisions": "viewer",
  "POST /devices/:id/config/revisions/:revision/restore": "operator",
  "GET /config/schema": "viewer",
  "POST /config/preview": "operator",
  "PUT /config": "operator",
  "GET /series": "viewer",
  "GET /rollups": "viewer",
  "POST /rollups/rebuild": "admin",
  "GET /stream": "viewer",

  "GET /imports": "operator",
  "POST /imports": "operator",
  "POST /imports/preview": "operator",
  "POST /imports/:id/undo": "operator",
  "GET /exports/sites": "viewer",
  "GET /exports/devices": "viewer",

  "GET /enrolment-tokens": "operator",
  "POST /enrolment-tokens": "operator",
  "DELETE /enrolment-tokens/:id": "operator",
  "POST /enrolments": "anyone",
  "GET /enrolments": "viewer",
  "GET /enrolments/:id": "viewer",
  "POST /enrolments/:id/approve": "operator",
  "POST /enrolments/:id/reject": "operator",

  "GET /users": "admin",
  "POST /users": "admin",
  "GET /users/:id": "admin",
  "PATCH /users/:id": "admin",
  "DELETE /users/:id": "admin",
  "GET /tokens": "admin",
  "POST /tokens": "admin",
  "DELETE /tokens/:id": "admin",
  "GET /audit": "admin",

  "GET /incidents": "viewer",
  "GET /incidents/:id": "viewer",
  "GET /incidents/:id/explain": "viewer",
  "POST /incidents/:id/ack": "operator",
  "POST /incidents/:id/note": "operator",
  "POST /incidents/:id/unack": "operator",
  "POST /incidents/:id/assign": "operator",
  "GET /silences": "viewer",
  "POST /silences": "operator",
  "POST /silences/matches": "viewer",
  "GET /silences/:id": "viewer",
  "PATCH /silences/:id": "operator",
  "POST /silences/:id/end": "operator",
  "GET /maintenance-windows": "viewer",
  "POST /maintenance-windows": "operator",
  "POST /maintenance-windows/matches": "viewer",
  "GET /maintenance-windows/:id": "viewer",
  "PATCH /maintenance-windows/:id": "operator",
  "POST /maintenance-windows/:id/end": "operator",
  "DELETE /maintenance-windows/:id": "operator",
  "GET /escalation": "operator",
  "PUT /escalation": "admin",
  "GET /availability": "viewer",
  "GET /availability.csv": "viewer",
  "GET /alert-rules": "viewer",
  "GET /alert-rules/schema": "viewer",
  "POST /alert-rules/preview": "operator",
  "POST /alert-rules/backtest": "operator",
  "GET /alert-rules/backtest/:id": "viewer",
  "DELETE /alert-rules/backtest/:id": "operator",
  "GET /alert-rules/:id": "viewer",
  "PUT /alert-rules/:id": "operator",
  "DELETE /alert-rules/:id": "operator",
  "GET /channels": "operator",
  "POST /channels": "admin",
  "GET /channels/:id": "operator",
  "PATCH /channels/:id": "admin",
  "DELETE /channels/:id": "admin",
  "POST /channels/:id/test": "admin",
  "POST /channels/:id/restore": "admin",
  "GET /channels/kinds": "operator",
  "GET /push": "operator",
  "POST /push": "operator",
  "DELETE /push/:browser": "operator",

  "GET /demo": "viewer",
  "POST /demo/break": "operator",
};

const rows = Object.entries(access).map(([call, role]) => {
  const [method = "", path = ""] = call.split(" ");
  return { method, shape: new RegExp(`^${path.replace(/:[a-z]+/g, "[^/]+")}$`), role };
});

/** @param path below /api/v1 */
export function accessTo(method: string, path: string): Role | "anyone" | null {
  const asked = method === "HEAD" ? "GET" : method;
  return rows.find((row) => row.method === asked && row.shape.test(path))?.role ?? null;
}
