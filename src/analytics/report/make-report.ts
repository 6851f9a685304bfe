import type { DuckDBConnection } from "@duckdb/node-api";
import type { Run } from "../export/runs.ts";
import { ask } from "../sql/answer.ts";
import { openDrawing } from "./drawing.ts";
import { numberIn, percent, rowsOf, type Titles } from "./figure.ts";
import { FIGURES } from "./figures.ts";
import { type Headline, pageOf, sectionOf } from "./page.ts";

const HEADLINES = `
SELECT
  (SELECT count(*) FROM dim_learner) AS learners,
  (SELECT count(DISTINCT learner) FROM activity WHERE active_at > (SELECT max(active_at) FROM activity) - INTERVAL 30 DAY) AS active,
  (SELECT count(*) FROM fact_completion WHERE enrolled_at IS NOT NULL) AS enrolments,
  (SELECT count(*) FROM fact_term) AS completions,
  (SELECT avg(CASE WHEN term IS NULL THEN 0.0 ELSE 1.0 END) FROM fact_completion WHERE enrolled_at IS NOT NULL) AS rate`;

/** The report as one page that needs nothing else: no script, no font, no network. */
export async function makeReport(connection: DuckDBConnection, runs: readonly Run[]): Promise<string> {
  const drawing = await openDrawing();
  const titles = await titlesIn(connection);
  const sections: string[] = [];
  for (const figure of FIGURES) sections.push(sectionOf(figure, await ask(connection, figure.sql), drawing, titles));
  const manifest = runs.at(-1)?.manifest;
  return pageOf({
    title: "What learners do, and what they complete",
    subtitle: `As of ${(manifest?.as_of_start ?? "").slice(0, 16).replace("T", " ")} UTC, under the catalog ${manifest?.catalog_version ?? ""}. Learners are told by no name.`,
    headlines: await headlinesIn(connection),
    sections,
  });
}

async function headlinesIn(connection: DuckDBConnection): Promise<Headline[]> {
  const [row = {}] = rowsOf(await ask(connection, HEADLINES));
  const shown = (name: string) => numberIn(row, name).toLocaleString("en");
  return [
    { name: "Learners", value: shown("learners") },
    { name: "Active in the last 30 days", value: shown("active") },
    { name: "Enrolments", value: shown("enrolments") },
    { name: "Completions", value: shown("completions") },
    { name: "Of enrolments completed", value: percent(numberIn(row, "rate")) },
  ];
}

async function titlesIn(connection: DuckDBConnection): Promise<Titles> {
  const current = "JOIN dim_catalog c ON c.catalog_version = d.catalog_version AND c.is_current";
  const answer = await ask(
    connection,
    ["course", "pathway", "module"]
      .map(
        (type) =>
          `SELECT '${type}' AS type, ${type} AS slug, title FROM dim_${type} d ${current} WHERE title IS NOT NULL`,
      )
      .join(" UNION ALL "),
  );
  const known = new Map(answer.rows.map(([type, slug, title]) => [`${type}/${slug}`, String(title)]));
  return (type, slug) => known.get(`${type}/${slug}`) ?? slug;
}
