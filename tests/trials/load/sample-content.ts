import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ModuleContent, RecordContent } from "../../support/oracles/record-oracle.ts";

export const CONTENT_DIR = fileURLToPath(new URL("../../../content", import.meta.url));

const json = (...path: string[]) => JSON.parse(readFileSync(join(CONTENT_DIR, ...path), "utf8"));
const filesOf = (folder: string) => readdirSync(join(CONTENT_DIR, folder)).map((file) => json(folder, file));

/** The project's own content, in the words of the oracle. */
export function sampleContent(): RecordContent {
  const modules = readdirSync(join(CONTENT_DIR, "modules")).map((slug): ModuleContent => {
    const definition = json("modules", slug, "completion.json");
    if (!existsSync(join(CONTENT_DIR, "modules", slug, "quiz.json"))) return { slug, ...definition };
    // A quiz says itself how much of it is enough.
    const { passing_score } = json("modules", slug, "quiz.json");
    const tasks = definition.completion_tasks.map((task: { task_type?: string }) =>
      task.task_type === "quiz" ? { passing_score, ...task } : task,
    );
    return { slug, ...definition, completion_tasks: tasks };
  });
  return { courses: filesOf("courses"), pathways: filesOf("pathways"), modules };
}
