import { mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../../src/local/server.ts";
import { readEnvironment } from "../../src/process/environment.ts";
import { createLog } from "../../src/process/logger.ts";
import { launchChromium } from "./chromium.ts";

/** `shows` is what its content says once it is there: from one address to the next a page stays, and changes. */
type Picture = { name: string; hash: string; shows: string; click?: string };
/** The pages, by the name of their picture; each tells the story of the one learner a little further. */
const LMS: Picture[] = [
  {
    name: "course",
    hash: "/#/course/operator-certificate",
    shows: "Operator Certificate",
    click: "Claim that it is complete",
  },
  {
    name: "module",
    hash: "/#/module/preparing-your-workspace?course=operator-certificate",
    shows: "Preparing Your Workspace",
    click: "Take the step “accounts”",
  },
  { name: "catalog", hash: "/#/", shows: "What would you like to learn?" },
  { name: "cards", hash: "/#/cards", shows: "Due today" },
  { name: "history", hash: "/#/history", shows: "claim, refused" },
  { name: "sessions", hash: "/#/sessions", shows: "No session yet." },
];
const TOOLS: Picture[] = [
  { name: "operator-completions", hash: "/operator#/", shows: "completions: the last 90 days" },
  { name: "operator-refused", hash: "/operator#/refused", shows: "refused claims of" },
  { name: "operator-expiring", hash: "/operator#/expiring", shows: "No completion ends before then." },
  { name: "operator-catalog", hash: "/operator#/catalog", shows: "Versions" },
  { name: "operator-runs", hash: "/operator#/runs", shows: "backfill-example" },
  { name: "operator-run", hash: "/operator#/run/backfill-example", shows: "Dry: nothing was written" },
  { name: "operator-learner", hash: "/operator#/learner/learner-7", shows: "What this learner touched" },
  {
    name: "operator-explanation",
    hash: "/operator#/learner/learner-7/course/hedgehog-lab-foundations",
    shows: "Definition",
  },
  { name: "api", hash: "/api", shows: "Waymark API" },
];
const SIZES = [
  { name: "wide", width: 1_280, height: 900 },
  { name: "narrow", width: 360, height: 740 },
];
const FOLDER = "docs/screenshots";

const browser = await launchChromium();
mkdirSync(FOLDER, { recursive: true });
const dataDir = await mkdtemp(join(tmpdir(), "waymark-"));
const environment = readEnvironment({ PORT: "0", DATA_DIR: dataDir, LOG_LEVEL: "ERROR" });
const server = await startServer(environment, createLog(environment));
await fill(server.url);
let taken = 0;
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
    for (const { name, hash, shows, click } of [...LMS, ...TOOLS]) {
      await page.goto(server.url + hash);
      await page.locator("#main", { hasText: shows }).waitFor();
      if (click !== undefined) {
        await page.getByRole("button", { name: click }).click();
        await page.locator("#news .good, #news .bad").waitFor();
      }
      await page.waitForLoadState("networkidle");
      if (!hash.includes("operator") && hash !== "/api") await page.getByText("Nothing waits").waitFor();
      await page.screenshot({ path: join(FOLDER, `${name}-${size}-${colorScheme}.png`) });
      taken++;
    }
    await context.close();
  }
await browser.close();
await server.close();
await rm(dataDir, { recursive: true });
console.log(`Wrote ${taken} pictures to ${FOLDER}`);

/** Forty learners with something done over the last weeks, and some claims ahead of their facts. */
async function fill(url: string): Promise<void> {
  const DAY_MS = 86_400_000;
  const modules = [
    "accessing-vlab-with-gcp",
    "touring-the-virtual-fabric",
    "reading-switch-health",
    "creating-your-first-vpc",
  ];
  const of = (number: number, eventName: string, payload: object) => ({
    eventName,
    contactIdentifier: { contactId: `learner-${number}` },
    payload,
  });
  const learners = Array.from({ length: 40 }, (_, number) => number + 1);
  const events = learners.flatMap((number) => {
    const at = (step: number) =>
      new Date(Date.now() - ((number * 37) % 80) * DAY_MS - (5 - step) * 60_000).toISOString();
    const done = modules.slice(0, number % 5 === 0 ? 2 : 4);
    const claim = of(number, "learning_course_completed", { course_slug: "operator-certificate" });
    return [
      ...done.map((module_slug, step) => of(number, "learning_module_completed", { module_slug, ts: at(step) })),
      ...(number % 7 === 0 ? [claim] : []),
    ];
  });
  for (let from = 0; from < events.length; from += 100)
    await fetch(`${url}/events/track`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ events: events.slice(from, from + 100) }),
    });
}
