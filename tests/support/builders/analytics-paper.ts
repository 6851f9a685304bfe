import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { views } from "../../../src/analytics/sql/view-files.ts";
import { TABLES } from "../../../src/analytics/tables/index.ts";

const PAPER = "docs/analytics.md";

/** Every table with its columns, as the paper lists them. */
export const tablesInPaper = (): string =>
  TABLES.map(({ name, about, columns }) =>
    [
      `### ${name}`,
      "",
      `${about}.`,
      "",
      "| column | type | meaning |",
      "| --- | --- | --- |",
      ...Object.entries(columns).map(([column, { type, means }]) => `| \`${column}\` | ${type} | ${means} |`),
    ].join("\n"),
  ).join("\n\n");

/** Every view with its question. */
export const viewsInPaper = (): string =>
  [
    "| view | question |",
    "| --- | --- |",
    ...views()
      .filter(({ name }) => name !== "activity")
      .map(({ name, question }) => `| [\`${name}\`](../src/analytics/views/${name}.sql) | ${question} |`),
  ].join("\n");

/** Puts a text between the two comments that name it. */
const between = (paper: string, name: string, text: string): string =>
  paper.replace(
    new RegExp(`<!-- ${name} -->[\\s\\S]*<!-- /${name} -->`),
    () => `<!-- ${name} -->\n\n${text}\n\n<!-- /${name} -->`,
  );

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const paper = readFileSync(PAPER, "utf8");
  writeFileSync(PAPER, between(between(paper, "tables", tablesInPaper()), "views", viewsInPaper()));
}
