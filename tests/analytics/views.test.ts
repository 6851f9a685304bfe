import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Life, Truth } from "../../src/analytics/sample/life.ts";
import { sampleLearners } from "../../src/analytics/sample/sample-learners.ts";
import { ask } from "../../src/analytics/sql/answer.ts";
import { openRuns } from "../../src/analytics/sql/open-runs.ts";
import { views } from "../../src/analytics/sql/view-files.ts";
import { fixedCatalog } from "../../src/service/catalog/catalog-source.ts";
import { createIngestByLearner } from "../../src/service/ingest/ingest.ts";
import { exported, pseudonyms } from "../support/builders/analytics.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";

// Three years of 5,000 learners, told by the generator on the one side and by the views on the other. What is expected is
// worked out here from what the learners did, and from nothing that the service made of it.

const LEARNERS = 5_000;
const UNTIL = "2026-06-01T00:00:00.000Z";
const CONTENT = {
  "courses/basics.json": { slug: "basics", title: "Basics", modules: ["b1", "b2", { slug: "b3", optional: true }] },
  "courses/safety.json": {
    slug: "safety",
    title: "Safety",
    modules: ["s1", "s2"],
    valid_for: "P1Y",
    renew_from: "P30D",
  },
  "courses/clinic.json": { slug: "clinic", modules: ["c1", "c2", "c3"], completion: { rule: "at-least", count: 2 } },
  "pathways/both.json": { slug: "both", courses: ["basics", "safety"] },
  "modules/b2/completion.json": {
    completion_data: {
      type: "object",
      properties: { mood: { enum: ["calm", "tense"] }, minutes: { type: "integer" }, again: { type: "boolean" } },
    },
    review_items: [{ id: "card", front: "front", back: "back" }],
  },
  "modules/s1/completion.json": { completion_tasks: [{ task_slug: "quiz", task_type: "quiz" }] },
  "modules/s1/quiz.json": {
    passing_score: 60,
    questions: ["q1", "q2", "q3"].map((id) => ({ id, type: "single", options: ["yes", "no"], correct_answer: "yes" })),
  },
};
const catalog = catalogOf(CONTENT);
const open = sqliteStore();
const folder = mkdtempSync(join(tmpdir(), "waymark-views-"));
const lives: Life[] = [];
let runs: Awaited<ReturnType<typeof openRuns>>;

beforeAll(async () => {
  const { store, scanner } = open();
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const now = () => Date.parse(UNTIL);
  const ingest = createIngestByLearner({ store, catalog: fixedCatalog(catalog), log: quiet, now });
  lives.push(...sampleLearners(catalog, { learners: LEARNERS, seed: 7, until: UNTIL, days: 1_095 }));
  for (let from = 0; from < lives.length; from += 100) {
    const events = lives.slice(from, from + 100).flatMap((life) => life.events);
    const results = await ingest(
      events,
      undefined,
      events.map(({ payload }) => payload.ts),
    );
    const refused = results.filter((result) => "failure" in result || result.error);
    expect(refused).toEqual([]);
  }
  const run = await exported({ store, scanner }, catalog, { outputDir: folder, format: "parquet", startTime: UNTIL });
  expect(run?.manifest).toMatchObject({ learners_failed: 0 });
  runs = await openRuns(folder);
});
afterAll(() => {
  runs?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Rows of a view as text, in an order of their own. */
async function rowsOf(sql: string): Promise<string[]> {
  const { rows } = await ask(runs.connection, sql);
  return rows.map((row) => row.map(shown).join(" ")).sort();
}
const shown = (value: unknown) => (typeof value === "number" ? String(Math.round(value * 1e6) / 1e6) : String(value));
const expected = (rows: unknown[][]) => rows.map((row) => row.map(shown).join(" ")).sort();

// What is true of a learner, by the rules of the three courses.
const DAY = 86_400_000;
const LISTED = { basics: ["b1", "b2"], safety: ["s1", "s2"], clinic: ["c1", "c2", "c3"] } as const;
type Course = keyof typeof LISTED;
const NEEDED: Record<Course, number> = { basics: 2, safety: 2, clinic: 2 };
const COURSES = Object.keys(LISTED) as Course[];
const timesOf = (truth: Truth, module: string) =>
  truth.done
    .filter((one) => one.module === module)
    .map(({ at }) => at)
    .sort();
const plusYear = (at: string) => {
  const day = new Date(at);
  day.setUTCFullYear(day.getUTCFullYear() + 1);
  return day.toISOString();
};
const monthBefore = (at: string) => new Date(Date.parse(at) - 30 * DAY).toISOString();

/** When each term of a course was completed, oldest first. */
function termsOf(truth: Truth, course: Course): string[] {
  const terms: string[] = [];
  for (let opensAt = ""; ; ) {
    const firsts = LISTED[course].flatMap((module) => timesOf(truth, module).find((at) => at >= opensAt) ?? []).sort();
    const at = firsts[NEEDED[course] - 1];
    if (at === undefined) return terms;
    terms.push(at);
    if (course !== "safety") return terms;
    opensAt = monthBefore(plusYear(at));
  }
}
const touched = (truth: Truth, course: Course) =>
  truth.enrolled.some(({ slug }) => slug === course) ||
  [...truth.started, ...truth.done].some(
    ({ module }) => (LISTED[course] as readonly string[]).includes(module) || (course === "basics" && module === "b3"),
  );
const began = (truth: Truth, course: Course) =>
  truth.started.some(
    ({ module }) => (LISTED[course] as readonly string[]).includes(module) || (course === "basics" && module === "b3"),
  );

const weekOf = (at: string) => {
  const day = new Date(at.slice(0, 10));
  return new Date(day.getTime() - ((day.getUTCDay() + 6) % 7) * DAY).toISOString().slice(0, 10);
};
const monthOf = (at: string) => `${at.slice(0, 7)}-01`;

/** How often each of these is there. */
function counted(keys: readonly unknown[][]): unknown[][] {
  const counts = new Map<string, [unknown[], number]>();
  for (const key of keys) {
    const text = JSON.stringify(key);
    counts.set(text, [key, (counts.get(text)?.[1] ?? 0) + 1]);
  }
  return [...counts.values()].map(([key, count]) => [...key, count]);
}

it("there are fourteen questions, and what they are made of", () => {
  expect(views().map(({ name }) => name)).toEqual([
    "activity",
    "active_learners",
    "catalog_versions",
    "completion_data_trend",
    "completions_per_week",
    "drop_off",
    "expiring",
    "flag_audit",
    "funnel",
    "hardest_questions",
    "one_short",
    "quiz_scores",
    "retention",
    "review_load",
    "time_to_complete",
  ]);
});

it("the learners are worth counting: many complete, many stop, many renew", () => {
  const renewals = lives.filter(({ truth }) => termsOf(truth, "safety").length > 1);
  const thirds = lives.filter(({ truth }) => termsOf(truth, "safety").length > 2);
  const stopped = lives.filter(({ truth }) => began(truth, "safety") && termsOf(truth, "safety").length === 0);
  expect(Math.min(renewals.length, stopped.length)).toBeGreaterThan(200);
  expect(thirds.length).toBeGreaterThan(20);
});

it("completions_per_week counts every term", async () => {
  const terms = lives.flatMap(({ truth }) =>
    COURSES.flatMap((course) => termsOf(truth, course).map((at) => [course, weekOf(at)])),
  );
  expect(
    await rowsOf("SELECT holder, week, completions FROM completions_per_week WHERE holder_type = 'course'"),
  ).toEqual(expected(counted(terms)));
});

it("funnel counts of those who enrolled", async () => {
  const rows = COURSES.map((course) => {
    const enrolled = lives.filter(({ truth }) => truth.enrolled.some(({ slug }) => slug === course));
    const done = enrolled.filter(({ truth }) => termsOf(truth, course).length > 0);
    const standing = done.filter(
      ({ truth }) => course !== "safety" || plusYear(termsOf(truth, course).at(-1) as string) > UNTIL,
    );
    const started = enrolled.filter(({ truth }) => began(truth, course));
    return [course, enrolled.length, started.length, done.length, standing.length, done.length / enrolled.length];
  });
  const asked =
    "SELECT holder, enrolled, started, completed, complete_now, completion_rate FROM funnel WHERE holder_type = 'course'";
  expect(await rowsOf(asked)).toEqual(expected(rows));
});

/** A start that names the course enrols in it as well. */
const enrolledAt = (truth: Truth, course: Course): string | undefined =>
  [
    ...truth.enrolled.filter(({ slug }) => slug === course),
    ...truth.started.filter(({ module }) => (LISTED[course] as readonly string[]).includes(module)),
  ]
    .map(({ at }) => at)
    .sort()[0];

it("time_to_complete ranks the first completions", async () => {
  const rows = COURSES.map((course) => {
    const days = lives
      .flatMap(({ truth }) => {
        const at = enrolledAt(truth, course);
        const [first] = termsOf(truth, course);
        return at === undefined || first === undefined || at > first
          ? []
          : [(Date.parse(first) - Date.parse(at)) / DAY];
      })
      .sort((a, b) => a - b);
    const rank = (share: number) => days[Math.ceil(days.length * share) - 1];
    return [course, days.length, rank(0.25), rank(0.5), rank(0.75)];
  });
  const asked =
    "SELECT holder, learners, quarter_days, median_days, three_quarters_days FROM time_to_complete WHERE holder_type = 'course'";
  expect(await rowsOf(asked)).toEqual(expected(rows));
});

const isDone = (truth: Truth, module: string) => timesOf(truth, module).length > 0;
const waiting = (course: Course) =>
  lives.filter(({ truth }) => touched(truth, course) && began(truth, course) && termsOf(truth, course).length === 0);

it("drop_off stops each learner at the first entry that is missing", async () => {
  const rows = COURSES.flatMap((course) => {
    const stops = waiting(course).map(({ truth }) => LISTED[course].findIndex((module) => !isDone(truth, module)));
    const entries = course === "basics" ? [...LISTED.basics, "b3"] : LISTED[course];
    return entries.map((module, index) => [course, index + 1, module, stops.filter((at) => at === index).length]);
  });
  const asked = "SELECT holder, position, entry, learners FROM drop_off WHERE holder_type = 'course'";
  expect(await rowsOf(asked)).toEqual(expected(rows));
});

it("one_short names who lacks one entry, and which", async () => {
  const rows = COURSES.flatMap((course) =>
    waiting(course).flatMap(({ learnerId, truth }) => {
      const missing = LISTED[course].filter((module) => !isDone(truth, module));
      const done = LISTED[course].length - missing.length;
      return done === 1 ? missing.map((module) => [pseudonyms.learner(learnerId), course, module]) : [];
    }),
  );
  const asked = "SELECT learner, holder, missing FROM one_short WHERE holder_type = 'course' AND holder <> 'safety'";
  expect(await rowsOf(asked)).toEqual(expected(rows.filter(([, course]) => course !== "safety")));
});

const activity = (truth: Truth): string[] => [
  ...truth.enrolled.map(({ at }) => at),
  ...truth.started.map(({ at }) => at),
  ...truth.done.map(({ at }) => at),
  ...truth.attempts.map(({ at }) => at),
  ...truth.reviews.map(({ at }) => at),
  ...truth.sessions.map(({ start }) => start),
];

it("active_learners counts each learner once a week", async () => {
  // The first start of a module is kept, and every completion and attempt.
  const weeks = lives.flatMap(({ truth }) => {
    const firsts = [...new Set(truth.started.map(({ module }) => module))].map(
      (module) =>
        truth.started
          .filter((one) => one.module === module)
          .map(({ at }) => at)
          .sort()[0] as string,
    );
    const all = activity({ ...truth, started: firsts.map((at) => ({ module: "", at })) });
    return [...new Set(all.map(weekOf))].map((week) => [week]);
  });
  expect(await rowsOf("SELECT week, learners FROM active_learners")).toEqual(expected(counted(weeks)));
});

it("retention follows who began in a month", async () => {
  const months = lives.map(({ truth }) => {
    const firsts = [...new Set(truth.started.map(({ module }) => module))].map(
      (module) =>
        truth.started
          .filter((one) => one.module === module)
          .map(({ at }) => at)
          .sort()[0] as string,
    );
    return [...new Set(activity({ ...truth, started: firsts.map((at) => ({ module: "", at })) }).map(monthOf))].sort();
  });
  const between = (from: string, to: string) =>
    12 * (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) + Number(to.slice(5, 7)) - Number(from.slice(5, 7));
  const pairs = months.flatMap((own) => own.map((month) => [own[0], between(own[0] as string, month)]));
  const sizes = new Map(
    counted(months.filter((own) => own.length > 0).map((own) => [own[0]])).map(([month, count]) => [
      month,
      Number(count),
    ]),
  );
  const rows = counted(pairs).map(([cohort, later, count]) => [
    cohort,
    later,
    sizes.get(cohort),
    count,
    Number(count) / (sizes.get(cohort) ?? 1),
  ]);
  expect(await rowsOf("SELECT cohort, months_later, cohort_size, learners, share FROM retention")).toEqual(
    expected(rows),
  );
});

it("flag_audit finds every flag right", async () => {
  const rows = counted(
    lives.flatMap(({ truth }) => COURSES.filter((course) => touched(truth, course)).map((course) => [course, "ok"])),
  );
  expect(await rowsOf("SELECT holder, audit, learners FROM flag_audit WHERE holder_type = 'course'")).toEqual(
    expected(rows),
  );
});

it("catalog_versions counts flags and attempts by the content that judged them", async () => {
  const attempts = (await ask(runs.connection, "SELECT count(*) FROM fact_attempt")).rows[0]?.[0];
  const flags = (await ask(runs.connection, "SELECT count(*) FROM fact_completion WHERE term IS NOT NULL"))
    .rows[0]?.[0];
  expect(
    await rowsOf("SELECT catalog_version, is_current, courses, modules, flags, attempts FROM catalog_versions"),
  ).toEqual(expected([[catalog.version, true, 3, 8, flags, attempts]]));
});

it("quiz_scores counts attempts, and who passed at all and at first", async () => {
  const own = lives.map(({ truth }) => truth.attempts).filter((attempts) => attempts.length > 0);
  const all = own.flat();
  const mean = all.reduce((sum, { score }) => sum + score, 0) / all.length;
  const passed = own.filter((attempts) => attempts.some((one) => one.passed)).length;
  const first = own.filter((attempts) => [...attempts].sort((a, b) => (a.at < b.at ? -1 : 1))[0]?.passed).length;
  const [row] = (
    await ask(runs.connection, "SELECT module, task, attempts, learners, passed, passed_at_first FROM quiz_scores")
  ).rows;
  expect(row).toEqual(["s1", "quiz", all.length, own.length, passed, first]);
  const [[found] = []] = (await ask(runs.connection, "SELECT mean_score FROM quiz_scores")).rows;
  expect(found).toBeCloseTo(mean, 6);
});

it("hardest_questions counts right answers", async () => {
  const all = lives.flatMap(({ truth }) => truth.attempts);
  const rows = ["q1", "q2", "q3"].map((id) => {
    const right = all.filter((attempt) => attempt.right.includes(id)).length;
    return ["s1", id, all.length, right, right / all.length];
  });
  expect(await rowsOf("FROM hardest_questions")).toEqual(expected(rows));
});

it("completion_data_trend averages what came with completions", async () => {
  const values = lives.flatMap(({ truth }) => truth.data).map((one) => ({ ...one, month: monthOf(one.at) }));
  const groups = Map.groupBy(values, ({ field, month }) => `${field} ${month}`);
  const rows = [...groups.values()].map((group) => {
    const [{ field, month } = { field: "", month: "" }] = group;
    const numbers = group.flatMap(({ value }) => (typeof value === "number" ? [value] : []));
    const truths = group.flatMap(({ value }) => (typeof value === "boolean" ? [value] : []));
    const texts = group.filter(({ value }) => typeof value === "string").length;
    const mean = numbers.length > 0 ? numbers.reduce((sum, one) => sum + one, 0) / numbers.length : null;
    return [
      "b2",
      field,
      month,
      group.length,
      mean,
      truths.length > 0 ? truths.filter(Boolean).length / truths.length : null,
      texts,
    ];
  });
  expect(await rowsOf("FROM completion_data_trend")).toEqual(expected(rows));
});

it("review_load has every card once, in the week in which it is due", async () => {
  const cards = lives.filter(({ truth }) => isDone(truth, "b2")).length;
  const [[load, learners] = []] = (await ask(runs.connection, "SELECT sum(cards), sum(learners) FROM review_load"))
    .rows;
  expect([load, learners]).toEqual([cards, cards]);
  const reviews = lives.flatMap(({ truth }) => truth.reviews).length;
  expect((await ask(runs.connection, "SELECT sum(reviews) FROM fact_review_card")).rows).toEqual([[reviews]]);
});

it("expiring counts the completions that hold, in the month in which they end", async () => {
  const ends = lives.flatMap(({ truth }) => {
    const last = termsOf(truth, "safety").at(-1);
    return last !== undefined && plusYear(last) > UNTIL ? [["course", "safety", monthOf(plusYear(last))]] : [];
  });
  expect(await rowsOf("FROM expiring WHERE holder_type = 'course'")).toEqual(expected(counted(ends)));
});

it("has sessions as they were, and those that we made", async () => {
  const sessions = lives.flatMap(({ truth }) => truth.sessions).length;
  expect((await ask(runs.connection, "SELECT count(*) FROM fact_session WHERE NOT is_automatic")).rows).toEqual([
    [sessions],
  ]);
});
