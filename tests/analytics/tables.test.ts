import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { views } from "../../src/analytics/sql/view-files.ts";
import { viewsForAthena, viewsForFolder } from "../../src/analytics/sql/views.ts";
import { TABLES } from "../../src/analytics/tables/index.ts";
import { tablesInPaper, viewsInPaper } from "../support/builders/analytics-paper.ts";

const paper = readFileSync("docs/analytics.md", "utf8");

it("docs/analytics.md lists every column of every table, with its type and meaning", () => {
  expect(
    paper.includes(tablesInPaper()),
    "Write it again with: npx node tests/support/builders/analytics-paper.ts",
  ).toBe(true);
});

it("docs/analytics.md lists every view, with its question", () => {
  expect(
    paper.includes(viewsInPaper()),
    "Write it again with: npx node tests/support/builders/analytics-paper.ts",
  ).toBe(true);
});

describe.each(TABLES)("The table $name", ({ name, kind, columns }) => {
  const names = Object.keys(columns);

  it("has a name for what it is, and columns that SQL need not quote", () => {
    expect(name).toMatch(/^(dim|fact|bridge)_[a-z_]+$|^deleted_learners$|^learner_identity$/);
    for (const column of names) expect(column).toMatch(/^[a-z][a-z_]*$/);
  });

  it(kind === "catalog" ? "says of which version it tells" : "says first of whom it tells", () => {
    expect(names[0]).toBe(kind === "catalog" ? "catalog_version" : "learner");
  });

  it("says what each column means", () => {
    for (const { means } of Object.values(columns)) expect(means.length).toBeGreaterThan(3);
  });
});

it("the views are the same text for DuckDB and for Athena", () => {
  const tables = TABLES.filter(({ isIdentified }) => !isIdentified);
  const [duckdb, athena] = [viewsForFolder(tables), viewsForAthena(tables, "2026-01-18T10-00-00-000Z")];
  for (const { query } of views()) {
    expect(duckdb).toContain(query);
    expect(athena).toContain(query);
  }
  for (const { name } of tables) expect(athena).toContain(`CREATE EXTERNAL TABLE IF NOT EXISTS raw_${name} (`);
});
