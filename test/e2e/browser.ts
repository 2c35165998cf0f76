import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

export const sizes = { phone: { width: 390, height: 844 }, desk: { width: 1440, height: 900 } } as const;

/** Debian's Chromium; as root it needs no sandbox. It calls nobody but the page's own server. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    chromiumSandbox: false,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export interface Watched {
  page: Page;
  /** Requests to anywhere but the controller, and what the page complained of. */
  outside: string[];
  complaints: string[];
}

/** A page that notes every request that leaves and every error. */
export async function open(
  browser: Browser,
  url: string,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<Watched & { context: BrowserContext }> {
  const context = await browser.newContext({
    viewport: sizes.desk,
    locale: "en-GB",
    timezoneId: "Europe/London",
    ignoreHTTPSErrors: true,
    ...options,
  });
  const page = await context.newPage();
  const outside: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => {
    const target = new URL(request.url());
    if (target.origin !== new URL(url).origin && target.protocol !== "data:") outside.push(request.url());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || /Content Security Policy/.test(message.text())) complaints.push(message.text());
  });
  return { context, page, outside, complaints };
}
