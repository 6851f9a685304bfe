import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { entityKey } from "../../../src/model/entity.ts";
import type { Summary } from "../../../src/service/jobs/summary.ts";
import { createClient } from "../../../src/store/dynamodb/client.ts";
import { createStore } from "../../../src/store/dynamodb/store.ts";
import { tableNames } from "../../../src/store/dynamodb/tables.ts";
import { ALL_SCOPES, bearer, createIssuerIn } from "../../support/fakes/issuer.ts";
import { restartableService } from "../../support/processes/restartable-service.ts";
import type { Json } from "../../support/processes/service.ts";

const BACKFILL = fileURLToPath(new URL("../../../scripts/backfill-completion-flags.ts", import.meta.url));

/** A catalog whose courses have as many modules each, and whose pathways as many courses each. */
export type Size = { courses: number; modulesPerCourse: number; pathways: number };
export const LARGEST: Size = { courses: 50, modulesPerCourse: 100, pathways: 5 };

/** What one thing that the learner did or asked for came to. */
export type Cost = {
  what: string;
  status: number;
  milliseconds: number;
  calls: number;
  readUnits: number;
  writeUnits: number;
  bytes: number;
  /** As a text within the JSON that a Lambda answers with, of which 6 MB may be. */
  inEnvelope: number;
  gzipped: number;
};

export type LargeLearner = {
  costs: Cost[];
  backfill: { milliseconds: number; readUnits: number; writeUnits: number; flags: number };
  /** As they are read back at the end. */
  courses: number;
  pathways: number;
};

export type ModuleKind = "plain" | "with conditions";

const LEARNER = "large";
const DEFINITION = {
  completion_tasks: Array.from({ length: 5 }, (_, index) => ({
    task_slug: `task-${index}`,
    task_type: "lab_attestation",
    required: false,
  })),
  steps: ["only-step"],
};
const two = (index: number, digits = 2) => String(index).padStart(digits, "0");
const courseSlug = (course: number) => `course-${two(course)}`;
const moduleSlug = (course: number, module: number) => `${courseSlug(course)}-lesson-${two(module, 3)}`;

function writeContent(folder: string, { courses, modulesPerCourse, pathways }: Size, kind: ModuleKind): void {
  const write = (file: string, value: object) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), JSON.stringify(value));
  };
  const range = (length: number) => Array.from({ length }, (_, index) => index);
  for (const course of range(courses)) {
    const modules = range(modulesPerCourse).map((module) => moduleSlug(course, module));
    write(`courses/${courseSlug(course)}.json`, { slug: courseSlug(course), title: `Course ${course}`, modules });
    if (kind === "with conditions") for (const slug of modules) write(`modules/${slug}/completion.json`, DEFINITION);
  }
  const share = courses / pathways;
  for (const pathway of range(pathways)) {
    const own = range(courses).slice(pathway * share, (pathway + 1) * share);
    write(`pathways/pathway-${pathway}.json`, { slug: `pathway-${pathway}`, courses: own.map(courseSlug) });
  }
}

/**
 * One learner finishes every module of a large catalog, over the wire; then reads, and is settled by a backfill.
 * @param endpoint of a DynamoDB
 * @param folder for content and files, empty
 */
export async function largeLearner(
  endpoint: string,
  folder: string,
  size: Size,
  kind: ModuleKind,
): Promise<LargeLearner> {
  const issuer = await createIssuerIn(folder);
  const contentDir = join(folder, "content");
  writeContent(contentDir, size, kind);
  const prefix = `large-${Date.now().toString(36)}`;
  const variables = { CONTENT_DIR: contentDir, DATA_DIR: folder, STORE: endpoint, TABLE_PREFIX: prefix };
  const service = await restartableService({ ...variables, ...issuer.variables });
  await service.start();
  try {
    const token = bearer(await issuer.mint({ sub: "lms", scope: ALL_SCOPES }));
    const costs: Cost[] = [];
    const ask = async (what: string, path: string, sent?: object): Promise<Json> => {
      const began = performance.now();
      const response = await fetch(`${service.url}${path}`, {
        // All progress in 5,000 modules with conditions is more than goes into an answer as it is.
        headers: { ...token, "Content-Type": "application/json", "Accept-Encoding": "gzip" },
        ...(sent && { method: "POST", body: JSON.stringify(sent) }),
      });
      const text = await response.text();
      // An emulator on a busy machine may be late; as a client does, it is asked again.
      if (response.status === 503) return ask(what, path, sent);
      const milliseconds = performance.now() - began;
      const { store } = await service.logged(response.headers.get("x-request-id") ?? "");
      const { calls, read_units: readUnits, write_units: writeUnits } = store as Record<string, number>;
      const weighed = {
        bytes: Buffer.byteLength(text),
        inEnvelope: Buffer.byteLength(JSON.stringify(text)),
        gzipped: gzipSync(text).length,
      };
      costs.push({ what, status: response.status, milliseconds, ...weighed, calls, readUnits, writeUnits } as Cost);
      return JSON.parse(text);
    };

    let second = 0;
    const done = (course: number, module: number) => ({
      eventName: kind === "plain" ? "learning_module_completed" : "learning_module_progressed",
      contactIdentifier: { contactId: LEARNER },
      payload: {
        module_slug: moduleSlug(course, module),
        ...(kind === "with conditions" && { step: "only-step" }),
        ts: new Date(Date.UTC(2026, 0, 1) + second++ * 1_000).toISOString(),
      },
    });
    const last = size.courses - 1;
    for (let course = 0; course <= last; course++) {
      const modules = Array.from({ length: size.modulesPerCourse - (course === last ? 1 : 0) }, (_, module) => module);
      for (let start = 0; start < modules.length; start += 100) {
        const events = modules.slice(start, start + 100).map((module) => done(course, module));
        await ask(`batch of 100 completions, ${course === 0 ? "first" : "of a later"} course`, "/events/track", {
          events,
        });
      }
    }
    // Once a minute an event also looks for deletions, so that the least of several is what one costs.
    for (const module of [0, 1, 2])
      await ask("one module started", "/events/track", {
        ...done(last, module),
        eventName: "learning_module_started",
      });
    await ask(
      "the last module, which completes a course and a pathway",
      "/events/track",
      done(last, size.modulesPerCourse - 1),
    );
    await ask("the same again", "/events/track", { ...done(0, 0) });
    await ask("claim of a course", "/events/track", {
      eventName: "learning_course_completed",
      contactIdentifier: { contactId: LEARNER },
      payload: { course_slug: courseSlug(0), ts: "2026-01-01T00:02:00Z" },
    });
    const progress = await ask("GET progress", `/learners/${LEARNER}/progress`);
    await ask("GET one course", `/learners/${LEARNER}/courses/${courseSlug(0)}`);
    await ask("GET one module", `/learners/${LEARNER}/modules/${moduleSlug(0, 0)}`);
    await ask("GET history, 1,000", `/learners/${LEARNER}/history?limit=1000`);

    const complete = (holders: Record<string, { completed: boolean }>) =>
      Object.values(holders).filter(({ completed }) => completed).length;
    await clearFlags(endpoint, prefix);
    return {
      costs,
      backfill: await backfill(variables, folder),
      courses: complete(progress.courses),
      pathways: complete(progress.pathways),
    };
  } finally {
    await service.kill("SIGKILL");
  }
}

/** As if the content had just come: every course and pathway is complete, and none is flagged. */
async function clearFlags(endpoint: string, prefix: string): Promise<void> {
  const client = createClient({ endpoint, region: "us-east-1" });
  const store = createStore(client, tableNames(prefix));
  const { progress, items } = await store.read(LEARNER);
  for (const type of ["course", "pathway"] as const)
    for (const slug of progress[type].keys()) {
      const entity = { type, slug };
      await store.setFlag(LEARNER, entity, undefined, items.get(entityKey(entity)));
    }
  client.destroy();
}

/** The real command, for this learner. */
async function backfill(variables: Record<string, string>, folder: string): Promise<LargeLearner["backfill"]> {
  const output = join(folder, "runs");
  const began = performance.now();
  const child = spawn(process.execPath, [BACKFILL, `--contact-id=${LEARNER}`, `--output-dir=${output}`], {
    env: { ...process.env, ...variables },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const code = await new Promise((ended) => child.once("close", ended));
  if (code !== 0) throw new Error(`The backfill ended with ${code}: ${errors}`);
  const run = readdirSync(output)[0] as string;
  const summary: Summary = JSON.parse(readFileSync(join(output, run, "backfill-summary.json"), "utf8"));
  return {
    milliseconds: performance.now() - began,
    readUnits: summary.consumed_rcu,
    writeUnits: summary.consumed_wcu,
    flags: summary.courses_updated + summary.pathways_updated,
  };
}
