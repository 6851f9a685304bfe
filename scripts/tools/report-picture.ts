import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runReportCommand } from "../../src/commands/report-command.ts";
import { runSampleDataCommand } from "../../src/commands/sample-data-command.ts";
import { launchChromium } from "./chromium.ts";

// Draws the report of the sample learners for the papers. The same seed and days make the same picture.

const SAMPLE = { learners: 500, seed: 1, days: 540, until: "2026-11-01T00:00:00.000Z", force: false };

const browser = await launchChromium();
const folder = await mkdtemp(join(tmpdir(), "waymark-"));
Object.assign(process.env, { DATA_DIR: folder, DURABILITY: "process", STORE: "embedded" });
await runSampleDataCommand(SAMPLE);
const out = join(folder, "report.html");
await runReportCommand({ out });
for (const colorScheme of ["light", "dark"] as const) {
  const context = await browser.newContext({ viewport: { width: 800, height: 1_000 }, colorScheme, locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(pathToFileURL(out).href);
  await page.screenshot({ path: `docs/screenshots/report-wide-${colorScheme}.png` });
  await context.close();
}
await browser.close();
await rm(folder, { recursive: true, force: true });
