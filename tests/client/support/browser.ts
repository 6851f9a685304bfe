import { type Browser, type BrowserContext, chromium, type LaunchOptions } from "playwright-core";
import { CHROMIUM } from "../../../scripts/tools/chromium.ts";

/** Whether this machine has a browser; where it has none, what is said instead of the tests. */
export const hasBrowser = CHROMIUM !== undefined;
export const BROWSER = hasBrowser
  ? "in Chromium"
  : "NOT TRIED, since there is no chromium here (apt-get install chromium)";
if (!hasBrowser) console.warn(`Pages are ${BROWSER}`);

/** Names that pages have on a network, but that are this machine. */
export const HOST_NAME = "lms.test";

const OPTIONS: LaunchOptions = {
  ...(CHROMIUM !== undefined && { executablePath: CHROMIUM }),
  // Playwright turns the back/forward cache off, which people's browsers have.
  ignoreDefaultArgs: ["--disable-back-forward-cache"],
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--host-resolver-rules=MAP ${HOST_NAME} 127.0.0.1`,
  ],
};

export const launch = (): Promise<Browser> => chromium.launch(OPTIONS);

/** A browser that keeps what its pages keep in this folder, for the next one. */
export const launchProfile = (folder: string): Promise<BrowserContext> =>
  chromium.launchPersistentContext(folder, OPTIONS);
