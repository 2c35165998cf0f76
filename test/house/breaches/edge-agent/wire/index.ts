import "../link/session.ts"; import "./a.ts"; export const wire = 1;
