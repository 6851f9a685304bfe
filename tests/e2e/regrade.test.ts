import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadContent } from "../../src/service/catalog/load-content.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import { lifeOf } from "../support/builders/life.ts";
import { commandHere } from "../support/processes/command-here.ts";
import { command, outputFolder } from "../support/processes/commands.ts";
import { temporaryFolder } from "../support/processes/service.ts";

function writeQuiz(content: string, correct: string): void {
  const module = join(content, "modules/exam");
  mkdirSync(module, { recursive: true });
  mkdirSync(join(content, "courses"), { recursive: true });
  mkdirSync(join(content, "pathways"), { recursive: true });
  writeFileSync(
    join(content, "courses/ruby.json"),
    JSON.stringify({ slug: "ruby", title: "Ruby", modules: ["exam", "notes"] }),
  );
  const tasks = [{ task_slug: "quiz", task_type: "quiz", passing_score: 75 }];
  writeFileSync(join(module, "completion.json"), JSON.stringify({ completion_tasks: tasks }));
  const questions = [{ id: "q1", type: "single", options: ["a", "b"], correct_answer: correct }];
  writeFileSync(join(module, "quiz.json"), JSON.stringify({ questions }));
}

it("regrades from the command line, refuses what it cannot do, and rolls back", { timeout: 120_000 }, async () => {
  const [content, data] = [temporaryFolder(), temporaryFolder()];
  writeQuiz(content, "a");
  const loaded = loadContent(content);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  const opened = await openSqliteStore(data, { durability: "process" });
  const answers = { module_slug: "exam", task_slug: "quiz", answers: { q1: "b" } };
  await lifeOf(opened.connect("page").store, loaded.catalog, "ada").send("task_submitted", "2024-01-02", answers);
  writeQuiz(content, "b");

  const variables = { STORE: "embedded", DATA_DIR: data, CONTENT_DIR: content };
  const output = outputFolder();
  const run = (...args: string[]) => commandHere("regrade", [...args, output.option], variables);
  for (const [args, said] of [
    [[], "Which module?"],
    [["--module=nothing"], "The catalog has no module nothing"],
    [["--module=notes"], "The module notes has no quiz.json"],
    [["--module=exam", "--task=lab"], "it has quiz"],
    [["--resume=nothing"], "There is no run nothing"],
  ] as const) {
    const ended = await run(...args);
    expect(ended.code).toBe(2);
    expect(ended.output).toContain(said);
  }
  expect(output.runs()).toEqual([]);

  const dry = await command("regrade", ["--module=exam", "--dry-run", output.option], variables);
  expect(dry).toMatchObject({ code: 0, output: expect.stringContaining("1 would change: 1 with a higher score") });

  const { leases } = opened.connect("page");
  const other = { run: "other", segments: 4, from: 0, to: 3, host: "elsewhere", pid: 1 };
  await leases.lease({ ...other, heartbeatAt: new Date().toISOString() }, true);
  expect(await run("--module=exam")).toMatchObject({
    code: 2,
    output: expect.stringContaining("The run other is writing"),
  });
  await leases.release(other);

  expect(await run("--module=exam")).toMatchObject({ code: 0, output: expect.stringContaining("npm run rollback") });
  const folder = output.run();
  const summary = () => JSON.parse(readFileSync(join(folder, "regrade-summary.json"), "utf8"));
  expect(summary()).toMatchObject({ module: "exam", answers: 1, raised: 1, modules_updated: 1, dry_run: false });
  expect(await run(`--resume=${folder}`)).toMatchObject({ code: 2, output: expect.stringContaining("is finished") });
  expect(await commandHere("backfill", [`--resume=${folder}`], variables)).toMatchObject({ code: 2 });

  const back = await command("rollback", [`--run=${folder}`], variables);
  expect(back).toMatchObject({ code: 0, output: expect.stringContaining("1 answers have their earlier grade again") });
  expect(await commandHere("rollback", [`--run=${folder}`, "--verify"], variables)).toMatchObject({ code: 0 });
  await opened.close();
});
