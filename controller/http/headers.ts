import type { MiddlewareHandler } from "hono";
import type { Env } from "./context.ts";

/** Nothing from elsewhere, nothing inline. */
export const strictPolicy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "object-src 'none'",
  "frame-ancestors 'none'",
  "form-action 'self'",
].join("; ");

/** Swagger's page styles its parts inline; its scripts obey the strict rule. */
export const docsPolicy = `${strictPolicy}; style-src 'self' 'unsafe-inline'`;

const usual = {
  "content-security-policy": strictPolicy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(self)",
};

/** On every answer; a route may say otherwise. */
export const headers = (): MiddlewareHandler<Env> => async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(usual)) if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
};
