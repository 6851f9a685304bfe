import { beforeAll, describe, expect, it } from "vitest";
import { filesOf } from "../support/processes/backfill.ts";
import { command, outputFolder } from "../support/processes/commands.ts";
import {
  completedModule,
  event,
  eventually,
  type Service,
  startService,
  temporaryFolder,
  writeContent,
} from "../support/processes/service.ts";
import { contentDir } from "./content.ts";

describe("When a course gains a module", () => {
  const CONTENT_DIR = contentDir();
  const DATA_DIR = temporaryFolder();
  const environment = { CONTENT_DIR, DATA_DIR };
  const out = outputFolder();
  let service: Service;
  let completions: unknown;

  const finish = async (learner: string, modules: string[]) => {
    for (const module of modules) await service.post(completedModule(learner, module));
  };
  const complete = async () => {
    const of = async (path: string) => (await service.get(path)).body.completions;
    return { ruby: await of("/courses/ruby/completions"), fullStack: await of("/pathways/full-stack/completions") };
  };
  const learnersIn = (run: string, after: boolean) =>
    filesOf(run)
      .changes.flatMap(({ contact_id, changes }) =>
        changes.filter((change) => change.after === after).map(({ slug }) => `${contact_id} ${slug}`),
      )
      .sort();

  beforeAll(async () => {
    service = await startService(environment);
    await finish("ada", ["strings", "arrays", "welcome"]);
    await finish("bob", ["strings", "arrays"]);
    await finish("cyd", ["strings", "arrays", "hashes", "welcome"]);
    await finish("dan", ["strings"]);
    await service.post(event("course_enrolled", "bob", { course_slug: "ruby", enrollment_source: "home" }));
    completions = await complete();

    const { body: before } = await service.get("/health");
    const ruby = { slug: "ruby", title: "Ruby", modules: ["strings", "arrays", "hashes"] };
    writeContent(CONTENT_DIR, { "courses/ruby.json": ruby });
    await eventually(async () =>
      expect((await service.get("/health")).body.catalog_version).not.toBe(before.catalog_version),
    );
  });

  it("nobody loses a completion by that alone, nor by an event", async () => {
    await service.post(event("module_started", "ada", { module_slug: "hashes", course_slug: "ruby" }));
    await service.post(completedModule("bob", "other"));
    expect(await complete()).toEqual(completions);
  });

  it("a dry run shows who would lose it", async () => {
    const { code, output } = await command("backfill", ["--dry-run", "--verbose", out.option], environment);
    expect(code).toBe(0);
    expect(output).toMatch(/^ {2}2 would change: 2 course flags, 1 pathway flag$/m);
    expect(output).toContain("  bob: course ruby 2026-01-18T10:00:00.000Z -> not complete\n");
    expect(learnersIn(out.run(), false)).toEqual(["ada full-stack", "ada ruby", "bob ruby"]);
    expect(filesOf(out.run()).changes[0]?.changes[0]).toMatchObject({ progress: { completed: 2, total: 3 } });
    expect(await complete()).toEqual(completions);
  });

  it("--no-revoke lets them keep it", async () => {
    const { code } = await command("backfill", ["--no-revoke", out.option], environment);
    expect(code).toBe(0);
    expect(filesOf(out.run()).changes).toEqual([]);
    expect(await complete()).toEqual(completions);
  });

  let revoking: string;
  it("a full run takes it away", async () => {
    const { code } = await command("backfill", [out.option], environment);
    expect(code).toBe(0);
    revoking = out.run();
    expect(learnersIn(revoking, false)).toEqual(["ada full-stack", "ada ruby", "bob ruby"]);
    expect(learnersIn(revoking, true)).toEqual([]);
    expect(await complete()).toMatchObject({ ruby: [{ learner_id: "cyd" }], fullStack: [{ learner_id: "cyd" }] });
    expect((await service.get("/learners/bob/courses/ruby")).body).toMatchObject({
      completed: false,
      completed_at: null,
      enrollment_source: "home",
      progress: { completed: 2, total: 3 },
      missing: [{ type: "module", slug: "hashes" }],
    });
  });

  it("a rollback gives it back, as it was", async () => {
    const dry = await command("rollback", [`--run=${revoking}`, "--dry-run"], environment);
    expect(dry).toMatchObject({ code: 0, output: expect.stringMatching(/^3 flags would go back/m) });
    expect((await command("rollback", [`--run=${revoking}`], environment)).code).toBe(0);
    expect(await complete()).toEqual(completions);
    expect((await command("rollback", [`--run=${revoking}`, "--verify"], environment)).code).toBe(0);
  });

  it("who has the module by then, completes it by an event", async () => {
    await command("backfill", [out.option], environment);
    const { body } = await service.post(completedModule("ada", "hashes", "2026-01-20T10:00:00Z"));
    expect(body.courses).toMatchObject([{ slug: "ruby", completed: true, newly_completed: true }]);
    expect(body.pathways).toMatchObject([{ slug: "full-stack", completed: true, newly_completed: true }]);
  });
});
