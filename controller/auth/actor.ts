export const roles = ["viewer", "operator", "admin"] as const;
/** Each may what those before it may. */
export type Role = (typeof roles)[number];

export const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text);
export const mayAct = (has: Role, needed: Role): boolean => roles.indexOf(has) >= roles.indexOf(needed);

/** Who does something. */
export interface Actor {
  kind: "user" | "token";
  id: string;
  name: string;
  role: Role;
  /** Of the session or token; milliseconds since 1970 UTC; null: never. */
  expiresAt: number | null;
}

/** Rows are written by us, but a database may be edited by hand: what is not a role may nothing more than look. */
export const roleOf = (text: string): Role => (isRole(text) ? text : "viewer");
