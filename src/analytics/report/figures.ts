import { bars, cells, type Row, spans, strips } from "./charts.ts";
import { count, type Figure, numberIn, percent, type Titles, textIn } from "./figure.ts";

const holderOf = (row: Row, titles: Titles): string => titles(textIn(row, "holder_type"), textIn(row, "holder"));
const days = (number: number): string => (number < 10 ? number.toFixed(1) : String(Math.round(number)));

/** Every figure of the report, in its order. */
export const FIGURES: readonly Figure[] = [
  {
    id: "funnel",
    question: "Of those who enrolled, how many began, and how many completed it?",
    note: "The whole bar enrolled, the darker part began, the darkest completed it, also where that has expired since.",
    sql: "SELECT holder_type, holder, enrolled, started, completed, completion_rate\nFROM funnel ORDER BY enrolled DESC, holder LIMIT 12",
    draw: (drawing, size, rows, titles) =>
      bars(
        drawing,
        size,
        rows.map((row) => ({
          name: holderOf(row, titles),
          parts: [numberIn(row, "enrolled"), numberIn(row, "started"), numberIn(row, "completed")],
          value: `${numberIn(row, "completed")} of ${numberIn(row, "enrolled")}`,
        })),
      ),
  },
  {
    id: "completions",
    question: "How many complete what, week by week?",
    note: "Every strip has a height of its own. A renewed completion counts again in its week.",
    sql: `SELECT holder_type, holder, week, completions FROM completions_per_week
WHERE (holder_type, holder) IN (
  SELECT (holder_type, holder) FROM completions_per_week GROUP BY holder_type, holder ORDER BY sum(completions) DESC LIMIT 6
) AND week > (SELECT max(week) FROM completions_per_week) - INTERVAL 52 WEEK
ORDER BY holder_type, holder, week`,
    draw: (drawing, size, rows, titles) =>
      strips(
        drawing,
        size,
        rows.map((row) => ({
          name: holderOf(row, titles),
          at: textIn(row, "week"),
          value: numberIn(row, "completions"),
        })),
        7,
      ),
  },
  {
    id: "active",
    question: "How many learners do something, week by week?",
    note: "Whoever enrolled, started, sent, reviewed or had a session in that week, once.",
    sql: "SELECT week, learners FROM active_learners\nWHERE week > (SELECT max(week) FROM active_learners) - INTERVAL 52 WEEK ORDER BY week",
    draw: (drawing, size, rows) =>
      strips(
        drawing,
        size,
        rows.map((row) => ({ name: "Learners", at: textIn(row, "week"), value: numberIn(row, "learners") })),
        7,
      ),
  },
  {
    id: "stops",
    question: "Where do people stop?",
    note: "Of those who began and never completed it: the first entry that is missing. A long bar is a place to look at.",
    sql: "SELECT holder_type, holder, position, entry_type, entry, learners\nFROM drop_off WHERE learners > 0 AND entry_type = 'module' ORDER BY learners DESC, holder, position LIMIT 12",
    draw: (drawing, size, rows, titles) =>
      bars(
        drawing,
        size,
        rows.map((row) => ({
          name: `${titles(textIn(row, "entry_type"), textIn(row, "entry"))} (${numberIn(row, "position")} in ${holderOf(row, titles)})`,
          parts: [numberIn(row, "learners")],
          value: String(numberIn(row, "learners")),
        })),
      ),
  },
  {
    id: "time",
    question: "How long does it take?",
    note: "Days from enrolment to the first completion: half of the learners are within the bar, and the mark is the middle one.",
    sql: "SELECT holder_type, holder, learners, quarter_days, median_days, three_quarters_days\nFROM time_to_complete ORDER BY learners DESC, holder LIMIT 12",
    draw: (drawing, size, rows, titles) =>
      spans(
        drawing,
        size,
        rows.map((row) => ({
          name: holderOf(row, titles),
          from: numberIn(row, "quarter_days"),
          middle: numberIn(row, "median_days"),
          to: numberIn(row, "three_quarters_days"),
          value: `${days(numberIn(row, "median_days"))} days`,
        })),
      ),
  },
  {
    id: "retention",
    question: "Who comes back?",
    note: "Of those who began in a month, how many of a hundred did something so many months later.",
    sql: "SELECT cohort, months_later, cohort_size, learners, share FROM retention\nWHERE cohort > (SELECT max(cohort) FROM retention) - INTERVAL 12 MONTH AND months_later < 12 ORDER BY cohort, months_later",
    draw: (drawing, size, rows) =>
      cells(
        drawing,
        size,
        rows.map((row) => ({
          row: textIn(row, "cohort").slice(0, 7),
          column: numberIn(row, "months_later"),
          share: numberIn(row, "share"),
        })),
        "Months later →",
      ),
  },
  {
    id: "questions",
    question: "Which questions are the hardest?",
    note: "The share of answers that were right, by the newest grade. A question that nearly nobody gets right may be at fault itself.",
    sql: "SELECT module, question, answers, right_answers, right_share\nFROM hardest_questions ORDER BY right_share, answers DESC LIMIT 10",
    draw: (drawing, size, rows, titles) =>
      bars(
        drawing,
        size,
        rows.map((row) => ({
          name: `${textIn(row, "question")} (${titles("module", textIn(row, "module"))})`,
          parts: [1, numberIn(row, "right_share")],
          value: `${percent(numberIn(row, "right_share"))} of ${numberIn(row, "answers")}`,
        })),
        1,
      ),
  },
  {
    id: "one-short",
    question: "Who lacks one thing alone?",
    note: "Learners for whom one entry more would complete it, by the entry. Where any of several would do, each is told.",
    sql: "SELECT holder_type, holder, missing_type, missing, count(*) AS learners\nFROM one_short GROUP BY ALL ORDER BY learners DESC, holder, missing LIMIT 12",
    draw: (drawing, size, rows, titles) =>
      bars(
        drawing,
        size,
        rows.map((row) => ({
          name: `${titles(textIn(row, "missing_type"), textIn(row, "missing"))} (of ${holderOf(row, titles)})`,
          parts: [numberIn(row, "learners")],
          value: String(numberIn(row, "learners")),
        })),
      ),
  },
  {
    id: "expiring",
    question: "What expires, month by month?",
    note: "Completions that hold today, by the month in which they end.",
    sql: "SELECT month, sum(completions) AS completions FROM expiring GROUP BY month ORDER BY month LIMIT 24",
    draw: (drawing, size, rows) =>
      bars(
        drawing,
        size,
        rows.map((row) => ({
          name: textIn(row, "month").slice(0, 7),
          parts: [numberIn(row, "completions")],
          value: String(numberIn(row, "completions")),
        })),
      ),
  },
  {
    id: "audit",
    question: "Do the flags say what the facts imply?",
    note: "What differs is put right by the learner's next event, or by a backfill; its dry run shows what it would change.",
    sql: "SELECT audit, sum(learners) AS learners, sum(unsettled) AS unsettled FROM flag_audit GROUP BY audit ORDER BY audit",
    words: auditInWords,
  },
  {
    id: "versions",
    question: "Under which content was it completed?",
    note: "Flags by the version of the catalog that set them, and attempts by the one that judged them.",
    sql: "SELECT catalog_version, published_at, is_current, courses, modules, flags, attempts\nFROM catalog_versions ORDER BY published_at DESC LIMIT 12",
    words: (rows) =>
      `${count(rows.length, "version")} of the content ${rows.length === 1 ? "has" : "have"} been in use or in a flag.`,
  },
];

const AUDIT: Record<string, string> = {
  flag_without_facts: "are flagged complete, and their facts do not bear it out",
  facts_without_flag: "are complete by their facts, and have no flag yet",
  kept_from_older_definition: "are complete by what was asked for earlier, and keep it",
};

function auditInWords(rows: readonly Row[]): string {
  const total = rows.reduce((sum, row) => sum + numberIn(row, "learners"), 0);
  if (total === 0) return "Nobody has touched a course or pathway yet.";
  const others = rows.filter((row) => textIn(row, "audit") !== "ok" && numberIn(row, "learners") > 0);
  const right = total - others.reduce((sum, row) => sum + numberIn(row, "learners"), 0);
  const first =
    others.length === 0
      ? `Yes: all ${total.toLocaleString("en")} of them.`
      : `${right.toLocaleString("en")} of ${total.toLocaleString("en")} do (a learner and a course or pathway each).`;
  return [
    first,
    ...others.map(
      (row) =>
        `${numberIn(row, "learners").toLocaleString("en")} ${AUDIT[textIn(row, "audit")] ?? textIn(row, "audit")}.`,
    ),
  ].join(" ");
}
