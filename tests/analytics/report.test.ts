import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FIGURES } from "../../src/analytics/report/figures.ts";
import { makeReport } from "../../src/analytics/report/make-report.ts";
import { sampleLearners } from "../../src/analytics/sample/sample-learners.ts";
import { openRuns } from "../../src/analytics/sql/open-runs.ts";
import { fixedCatalog } from "../../src/service/catalog/catalog-source.ts";
import { createIngestByLearner } from "../../src/service/ingest/ingest.ts";
import { violationsIn } from "../client/support/axe.ts";
import { BROWSER, hasBrowser } from "../client/support/browser.ts";
import { freshPage } from "../client/support/shared-browser.ts";
import { exported } from "../support/builders/analytics.ts";
import { type Content, catalogOf } from "../support/builders/catalogs.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";

const UNTIL = "2026-06-01T00:00:00.000Z";
const folder = mkdtempSync(join(tmpdir(), "waymark-report-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LONG = "A course whose name somebody wrote without a thought of how it would look in a narrow column <b>";
/** Many courses with long names, which expire, and quizzes in them. */
const manyCourses = (): Content =>
  Object.fromEntries(
    Array.from({ length: 40 }, (_, index): [string, unknown][] => [
      [
        `courses/c${index}.json`,
        {
          slug: `c${index}`,
          title: `${index} ${LONG}`,
          modules: [`m${index}`, `n${index}`],
          valid_for: "P1Y",
          renew_from: "P60D",
        },
      ],
      [
        `modules/m${index}/completion.json`,
        { title: LONG, completion_tasks: [{ task_slug: "quiz", task_type: "quiz" }] },
      ],
      [
        `modules/m${index}/quiz.json`,
        {
          passing_score: 50,
          questions: [1, 2, 3].map((id) => ({
            id: `a-question-with-a-long-name-${id}`,
            type: "single",
            options: ["yes", "no"],
            correct_answer: "yes",
          })),
        },
      ],
    ]).flat(),
  );
const ONE_COURSE: Content = {
  "courses/ruby.json": { slug: "ruby", modules: ["strings"] },
  "pathways/p.json": { slug: "p", courses: ["ruby"] },
};

type Seen = { problems: string[]; violations: unknown[] };

/** Runs in the browser, which has types of its own. */
const FIND_PROBLEMS = `(() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
  for (const svg of document.querySelectorAll("svg")) {
    const all = svg.getBoundingClientRect();
    if (all.width === 0) continue;
    const texts = [...svg.querySelectorAll("text")].map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
    for (const { text, box } of texts)
      if (box.left < all.left - 1 || box.right > all.right + 1 || box.top < all.top - 1 || box.bottom > all.bottom + 1)
        found.push("cut: " + text);
    for (const [index, one] of texts.entries())
      for (const other of texts.slice(index + 1)) {
        const beside = one.box.right - 1 < other.box.left || other.box.right - 1 < one.box.left;
        const above = one.box.bottom - 3 < other.box.top || other.box.bottom - 3 < one.box.top;
        if (!beside && !above) found.push("overlap: " + one.text + " / " + other.text);
      }
  }
  return found;
})()`;

/** What is cut off, overlaps, or keeps somebody out with all that is folded open, in a browser of that width. */
async function lookAt(file: string, width: number, colorScheme: "light" | "dark"): Promise<Seen> {
  const page = await freshPage();
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 900 });
  await page.goto(pathToFileURL(file).href);
  const problems = await page.evaluate<string[]>(FIND_PROBLEMS);
  await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
  return { problems, violations: await violationsIn(page, colorScheme) };
}

describe.each([
  ["no learner", ONE_COURSE, 0],
  ["one learner", ONE_COURSE, 1],
  ["many learners of many courses with long names", manyCourses(), 600],
] as const)("A report of %s", (name, content, learners) => {
  const open = sqliteStore();
  const file = join(folder, `${name}.html`);
  let page: string;

  beforeAll(async () => {
    const { store, scanner } = open();
    const catalog = catalogOf(content);
    const quiet = { debug() {}, info() {}, warn() {}, error() {} };
    const ingest = createIngestByLearner({
      store,
      catalog: fixedCatalog(catalog),
      log: quiet,
      now: () => Date.parse(UNTIL),
    });
    const lives = [...sampleLearners(catalog, { learners, seed: 3, until: UNTIL, days: 900 })];
    for (let from = 0; from < lives.length; from += 50) {
      const events = lives.slice(from, from + 50).flatMap((life) => life.events);
      await ingest(
        events,
        undefined,
        events.map(({ payload }) => payload.ts),
      );
    }
    const outputDir = join(folder, name);
    await exported({ store, scanner }, catalog, { outputDir, format: "parquet", startTime: UNTIL });
    const { connection, runs, close } = await openRuns(outputDir);
    page = await makeReport(connection, runs);
    close();
    writeFileSync(file, page);
  });

  it("is one page of less than 150 KB that needs nothing else, and asks every question", () => {
    expect(Buffer.byteLength(page)).toBeLessThan(150_000);
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(/);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    for (const { question } of FIGURES) expect(page).toContain(`>${question}</h2>`);
    expect(page).not.toContain("<b>");
  });

  it.skipIf(!hasBrowser).each([
    [400, "light"],
    [400, "dark"],
    [1_200, "light"],
    [1_200, "dark"],
  ] as const)(
    `has no label that is cut or overlaps, and keeps nobody out, %i pixels wide and %s, ${BROWSER}`,
    async (width, scheme) => {
      expect(await lookAt(file, width, scheme)).toEqual({ problems: [], violations: [] });
    },
  );
});
