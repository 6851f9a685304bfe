import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readCsv } from "../../../../src/service/jobs/import/read-csv.ts";
import { readNdjson } from "../../../../src/service/jobs/import/read-ndjson.ts";
import type { OpenRows } from "../../../../src/service/jobs/import/rows.ts";
import { temporaryFolder } from "../../../support/processes/service.ts";

const folder = temporaryFolder();
let files = 0;
function fileWith(content: string | Buffer): string {
  const file = join(folder, String(files++));
  writeFileSync(file, content);
  return file;
}

/** Each row as its number and line, and its cells, document or fault. */
async function shown({ rows }: OpenRows) {
  const all: unknown[][] = [];
  for await (const row of rows) {
    if ("fault" in row) all.push([row.number, row.line, row.code]);
    else all.push([row.number, row.line, "cells" in row ? row.cells : row.document]);
  }
  return all;
}

const csv = async (content: string | Buffer, options = {}) => {
  const opened = await readCsv(fileWith(content), options);
  const { layout } = opened;
  return { columns: layout.format === "csv" ? layout.columns : [], rows: await shown(opened) };
};
const plain = { columns: ["a", "b"], rows: [[1, 2, ["1", "2"]]] };

it.each([
  ["LF", "a,b\n1,2\n", {}],
  ["CRLF", "a,b\r\n1,2\r\n", {}],
  ["no line break at the end", "a,b\n1,2", {}],
  ["a byte order mark", "\uFEFFa,b\n1,2\n", {}],
  ["semicolons", "a;b\n1;2\n", { delimiter: ";" }],
  ["quotes", '"a","b"\n"1","2"\n', {}],
  [
    "UTF-16 with tabs, as Excel has it",
    Buffer.from("\uFEFFa\tb\n1\t2\n", "utf16le"),
    { encoding: "utf-16le", delimiter: "\t" },
  ],
  ["empty lines behind", "a,b\n1,2\n\n\n", {}],
])("a CSV file has the same rows with %s", async (_, content, options) => {
  expect(await csv(content, options)).toEqual(plain);
});

it.each([
  ["a line break and a doubled quote inside of quotes", 'a,b\n"x\ny","""z"""\n', [[1, 3, ["x\ny", '"z"']]]],
  [
    "a ragged row is a fault of that row",
    "a,b\n1\n1,2\n1,2,3\n",
    [
      [1, 2, "RAGGED_ROW"],
      [2, 3, ["1", "2"]],
      [3, 4, "RAGGED_ROW"],
    ],
  ],
  [
    "a quote in the middle is a character",
    'a,b\n5" disk,"x"y\n1,2\n',
    [
      [1, 2, ['5" disk', '"x"y']],
      [2, 3, ["1", "2"]],
    ],
  ],
  ["umlauts", "a,b\nÄ,ß\n", [[1, 2, ["Ä", "ß"]]]],
])("%s", async (_, content, rows) => {
  expect((await csv(content)).rows).toEqual(rows);
});

it("lines before the headings are left out, and another encoding is read as such", async () => {
  const content = Buffer.from("Report of today\na,b\n\xC4,2\n", "latin1");
  expect(await csv(content, { skip_lines: 1, encoding: "windows-1252" })).toEqual({
    columns: ["a", "b"],
    rows: [[1, 3, ["Ä", "2"]]],
  });
});

it.each([
  ["is never closed", `a,b\n1,2\n"open,1\n${"x,y\n".repeat(10)}`],
  ["is not closed within a megabyte", `a,b\n1,2\n"open,1\n${"x,y\n".repeat(400_000)}`],
])("a quote that %s is a fault behind which nothing is read", async (_, content) => {
  const { rows } = await csv(content);
  expect(rows.at(-1)?.[2]).toBe("BAD_CSV");
  expect(rows.length).toBeLessThanOrEqual(2);
});

it.each([
  ["an empty file", "", {}, /has no line with headings/],
  ["an encoding that nobody knows", "a\n1\n", { encoding: "klingon" }, /csv.encoding, klingon, is none that is known/],
  [
    "bytes that are not in the encoding",
    Buffer.from("a\n\xC4\n", "latin1"),
    {},
    /is not in the encoding that it is read in/,
  ],
])("%s is refused", async (_, content, options, message) => {
  await expect(csv(content, options)).rejects.toThrow(message);
});

it("documents stand one on each line", async () => {
  const rows = await shown(await readNdjson(fileWith('\uFEFF{"a":1}\r\n\n[2]\n{broken\n"text"')));
  expect(rows).toEqual([
    [1, 1, { a: 1 }],
    [2, 3, [2]],
    [3, 4, "INVALID_JSON"],
    [4, 5, "text"],
  ]);
});
