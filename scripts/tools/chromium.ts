import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where this machine has a browser; undefined where it has none. */
export const CHROMIUM: string | undefined = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));

/** A browser to take pictures with; where this machine has none, the process ends, and says so. */
export function launchChromium(): Promise<Browser> {
  if (CHROMIUM !== undefined) return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  console.error("There is no chromium here. Install it, or name it in CHROMIUM.");
  process.exit(2);
}
