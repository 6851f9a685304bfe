import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { clientTypes } from "../../scripts/tools/client-types.ts";
import { EVENT_NAMES } from "../../src/model/events/index.ts";
import { temporaryFolder } from "../support/processes/service.ts";

it("the types that a build makes from the contract let right programs compile, and refuse wrong ones", () => {
  const folder = temporaryFolder();
  const lines = {
    right: `const answer = await waymark.track("learning_module_completed", { module_slug: "m", completion_data: [1] });
      const at: string | null | undefined = answer?.module?.completed_at;
      const first: string | undefined = (await waymark.course("ruby")).entries[0]?.slug;
      const told: boolean[] = (await waymark.summary()).courses.map(({ completed }) => completed);
      const far: number | undefined = (await waymark.progress()).pathways.dev?.courses.ruby?.progress.short_by;
      await waymark.track("learning_course_waived", { course_slug: "ruby", reason: "Done elsewhere" });
      try { await waymark.track("learning_page_viewed", { content_type: "lesson", slug: "l", ts: "2026-01-18T10:15:00Z" }); }
      catch (error) { const why: string[] = (error as WaymarkError).missing.map(({ title, slug }) => title ?? slug); }
      waymark.subscribe((result) => result.status === "refused" && result.error.code === "MODULE_LOCKED");
      export { at, first, told, far };`,
    "wrong-name": `await waymark.track("learning_module_finished", { module_slug: "m" });`,
    "wrong-field": `await waymark.track("learning_module_completed", { module_slugs: "m" });`,
    "missing-reason": `await waymark.track("learning_course_waived", { course_slug: "ruby" });`,
    "missing-field": `await waymark.track("learning_module_progressed", { module_slug: "m" });`,
    "wrong-rating": `await waymark.track("learning_item_reviewed", { module_slug: "m", item_id: "i", rating: "great" });`,
    "wrong-answer": `(await waymark.course("ruby")).finished;`,
  };
  const types = clientTypes();
  for (const name of EVENT_NAMES) expect(types).toContain(`  ${name}: {`);
  writeFileSync(join(folder, "waymark.d.ts"), types);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const begin = `import { createWaymark, type WaymarkError } from "./waymark.js";\nconst waymark = createWaymark({ url: "/", learner: "1" });\n`;
  for (const [name, text] of Object.entries(lines)) writeFileSync(join(folder, `${name}.ts`), begin + text);
  const options = [
    "--noEmit",
    "--strict",
    "--exactOptionalPropertyTypes",
    "--module",
    "nodenext",
    "--target",
    "es2022",
  ];
  const files = Object.keys(lines).map((name) => join(folder, `${name}.ts`));
  const { stdout } = spawnSync(
    process.execPath,
    [resolve("node_modules/typescript/bin/tsc"), ...options, "--types", "", ...files],
    { encoding: "utf8", cwd: folder },
  );
  const faulty = [...stdout.matchAll(/([\w-]+)\.(?:d\.)?ts\(\d+,\d+\): error/g)].map(([, name]) => name);
  expect([...new Set(faulty)].sort(), stdout).toEqual([
    "missing-field",
    "missing-reason",
    "wrong-answer",
    "wrong-field",
    "wrong-name",
    "wrong-rating",
  ]);
});
