import { existsSync, mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { startServer } from "../../src/local/server.ts";
import { readEnvironment } from "../../src/process/environment.ts";
import { createLog } from "../../src/process/logger.ts";

/** The pages, by the name of their picture; each tells the story of the one learner a little further. */
const PICTURES = [
  { name: "course", hash: "#/course/operator-certificate", click: "Claim that it is complete" },
  {
    name: "module",
    hash: "#/module/preparing-your-workspace?course=operator-certificate",
    click: "Take the step “accounts”",
  },
  { name: "catalog", hash: "#/" },
];
const SIZES = [
  { name: "wide", width: 1_280, height: 900 },
  { name: "narrow", width: 360, height: 740 },
];
const FOLDER = "docs/screenshots";
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const executablePath = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));
if (executablePath === undefined) {
  console.error("There is no chromium here. Install it, or name it in CHROMIUM.");
  process.exit(2);
}
mkdirSync(FOLDER, { recursive: true });
const dataDir = await mkdtemp(join(tmpdir(), "waymark-"));
const environment = readEnvironment({ PORT: "0", DATA_DIR: dataDir, LOG_LEVEL: "ERROR" });
const server = await startServer(environment, createLog(environment));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
for (const { name: size, ...viewport } of SIZES)
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await browser.newContext({
      viewport,
      colorScheme,
      reducedMotion: "reduce",
      locale: "en-GB",
      timezoneId: "UTC",
    });
    const page = await context.newPage();
    for (const { name, hash, click } of PICTURES) {
      await page.goto(`${server.url}/${hash}`);
      await page.locator("#main h1").waitFor();
      if (click !== undefined) {
        await page.getByRole("button", { name: click }).click();
        await page.locator("#news .good, #news .bad").waitFor();
      }
      await page.waitForLoadState("networkidle");
      await page.getByText("Nothing waits").waitFor();
      await page.screenshot({ path: join(FOLDER, `${name}-${size}-${colorScheme}.png`) });
    }
    await context.close();
  }
await browser.close();
await server.close();
await rm(dataDir, { recursive: true });
console.log(`Wrote ${PICTURES.length * SIZES.length * 2} pictures to ${FOLDER}`);
