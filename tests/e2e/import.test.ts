import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { commandHere } from "../support/processes/command-here.ts";
import { outputFolder, startCommand } from "../support/processes/commands.ts";
import { eventually, type Json, startService, temporaryFolder, writeContent } from "../support/processes/service.ts";

const CONTENT_DIR = writeContent(temporaryFolder(), { "courses/c.json": { slug: "c", modules: ["a", "b"] } });
const MAPPING = {
  learner: { column: "User" },
  entity: { column: "What" },
  completed_at: { column: "Done" },
};
const HEADINGS = "User,What,Done\n";

const folder = temporaryFolder();
const at = (name: string, content: unknown): string => {
  writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  return join(folder, name);
};
const rows = at("rows.csv", `${HEADINGS}u1,a,2026-01-18\nu1,b,2026-01-19\n`);
const map = at("map.json", MAPPING);

describe("what cannot be imported is one clear line, and exit code 2", () => {
  it.each([
    ["no file", [`--mapping=${map}`], /Which file\? Usage/],
    [
      "a file that is not there",
      ["/nowhere.csv", `--mapping=${map}`],
      /\/nowhere\.csv cannot be read: there is no such file/,
    ],
    ["no mapping", [rows], /Give --mapping=MAP\.json; docs\/import\.md has examples/],
    [
      "a mapping that is not there",
      [rows, "--mapping=/nowhere.json"],
      /mapping \/nowhere\.json cannot be read: there is no such file/,
    ],
    ["a mapping that is no JSON", [rows, `--mapping=${at("broken.json", "{")}`], /broken\.json is no JSON/],
    [
      "a mapping of another form",
      [rows, `--mapping=${at("form.json", { learner: {} })}`],
      /does not have the form.*\n {2}learner: Expected one of column, offset, path, key/,
    ],
    [
      "a column that is not there",
      [rows, `--mapping=${at("column.json", { ...MAPPING, learner: { column: "Usr" } })}`],
      /names the column Usr, which the file does not have\. Its columns are: User, What, Done\./,
    ],
    [
      "a time zone that nobody knows",
      [rows, `--mapping=${at("zone.json", { ...MAPPING, defaults: { time_zone: "Berlin" } })}`],
      /time zone Berlin is not known/,
    ],
    [
      "a format that tells no day",
      [rows, `--mapping=${at("format.json", { ...MAPPING, defaults: { format: "HH:mm" } })}`],
      /format HH:mm cannot be used/,
    ],
    ["a file without rows", [at("empty.csv", HEADINGS), `--mapping=${map}`], /has no rows: there is nothing to import/],
    [
      "rows that are all skipped",
      [at("skipped.csv", `${HEADINGS}u1,a,\n`), `--mapping=${map}`],
      /There is nothing to import: each row/,
    ],
    ["a run that is not there", ["--resume=nowhere"], /There is no run nowhere/],
    ["a format of another kind", [rows, `--mapping=${map}`, "--format=xml"], /Allowed choices are csv, ndjson/],
  ])("%s", async (_, args, message) => {
    const out = outputFolder();
    const { code, output } = await commandHere("import", [...args, out.option], {
      CONTENT_DIR,
      DATA_DIR: temporaryFolder(),
    });
    expect(output).toMatch(message);
    expect(output).not.toMatch(/\n {4}at /);
    expect(code).toBe(2);
  });
});

it("a dry run makes no store, and its files are those of a run", async () => {
  const [DATA_DIR, out] = [join(temporaryFolder(), "data"), outputFolder()];
  const { code } = await commandHere("import", [rows, `--mapping=${map}`, "--dry-run", out.option], {
    CONTENT_DIR,
    DATA_DIR,
  });
  expect(code).toBe(0);
  expect(existsSync(DATA_DIR)).toBe(false);
  expect(readdirSync(out.run()).sort()).toEqual(["checkpoint.json", "import-refused.json", "import-summary.json"]);
});

describe("an import that is interrupted goes on", () => {
  const MANY = 4_000;
  const many = at(
    "many.csv",
    HEADINGS +
      Array.from(
        { length: MANY },
        (_, row) => `u${row % 40},${row % 2 ? "a" : "b"},2026-01-${10 + (row % 15)}${row % 100 === 7 ? "x" : ""}\n`,
      ).join(""),
  );
  let expected: { summary: Json; refused: Json; learners: Json };

  async function resultOf(DATA_DIR: string, run: string) {
    const read = (name: string) => JSON.parse(readFileSync(join(run, name), "utf8"));
    const { run: _, start_time, end_time, duration_seconds, ...summary } = read("import-summary.json");
    const service = await startService({ CONTENT_DIR, DATA_DIR, LOG_LEVEL: "SILENT" });
    const learners = [];
    for (const learner of ["u0", "u7", "u39"]) {
      learners.push((await service.get(`/learners/${learner}/courses/c`)).body);
      learners.push(
        (await service.get(`/learners/${learner}/history?limit=1000`)).body.attempts.map(
          ({ received_at, ...attempt }: Json) => attempt,
        ),
      );
    }
    await service.kill();
    return { summary, refused: read("import-refused.json"), learners };
  }

  beforeAll(async () => {
    const [DATA_DIR, out] = [temporaryFolder(), outputFolder()];
    const { code } = await commandHere("import", [many, `--mapping=${map}`, out.option], { CONTENT_DIR, DATA_DIR });
    expect(code).toBe(1);
    expected = await resultOf(DATA_DIR, out.run());
    expect(expected.summary).toMatchObject({ rows: MANY, refused: MANY / 100 });
  });

  it.each([
    ["SIGINT", 130],
    ["SIGKILL", null],
  ] as const)("after %s", async (signal, exit) => {
    const [DATA_DIR, out] = [temporaryFolder(), outputFolder()];
    const { child, exited } = startCommand("import", [many, `--mapping=${map}`, out.option], { CONTENT_DIR, DATA_DIR });
    await eventually(() => expect(readFileSync(join(out.run(), "parts/failures-0.ndjson"), "utf8")).not.toBe(""));
    child.kill(signal);
    expect((await exited).code).toBe(exit);
    expect(existsSync(join(out.run(), "import-summary.json"))).toBe(false);

    const { code } = await commandHere("import", [`--resume=${out.run()}`, out.option], { CONTENT_DIR, DATA_DIR });
    expect(code).toBe(1);
    expect(await resultOf(DATA_DIR, out.run())).toEqual(expected);
  });
});

it("a run goes on with the file that it began with alone", async () => {
  const [DATA_DIR, out] = [temporaryFolder(), outputFolder()];
  const file = at("changing.csv", `${HEADINGS}u1,a,2026-01-18\n`);
  await commandHere("import", [file, `--mapping=${map}`, out.option], { CONTENT_DIR, DATA_DIR });
  const finished = await commandHere("import", [`--resume=${out.run()}`, out.option], { CONTENT_DIR, DATA_DIR });
  expect(finished).toMatchObject({ code: 2, output: expect.stringMatching(/is finished; there is nothing to resume/) });

  const checkpoint = join(out.run(), "checkpoint.json");
  writeFileSync(checkpoint, readFileSync(checkpoint, "utf8").replace('"finished": true', '"finished": false'));
  at("changing.csv", `${HEADINGS}u2,a,2026-01-18\n`);
  const changed = await commandHere("import", [`--resume=${out.run()}`, out.option], { CONTENT_DIR, DATA_DIR });
  expect(changed).toMatchObject({
    code: 2,
    output: expect.stringMatching(/changing\.csv has changed since the run began/),
  });
});
