import "../notify/send.ts"; import "../../edge-agent/link/session.ts"; import "../app.ts"; export const alert = 1;
