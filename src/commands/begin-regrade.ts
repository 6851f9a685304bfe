import { basename, join } from "node:path";
import type { Catalog, ModuleDefinition } from "../catalog/catalog.ts";
import type { Quiz } from "../catalog/quiz.ts";
import { toTimestamp } from "../model/time.ts";
import {
  isRegrade,
  newRegradeCheckpoint,
  REGRADE_FILES,
  type RegradeCheckpoint,
  type RegradeOptions,
} from "../service/jobs/regrade/regrade-checkpoint.ts";
import { RunFolder } from "../service/jobs/run-folder.ts";
import { type AwsArguments, SEGMENTS } from "./aws-arguments.ts";
import { checkResumable } from "./check-resumable.ts";
import { findRun } from "./find-run.ts";
import { nameOfRun } from "./name-of-run.ts";
import { StartError } from "./start-error.ts";

/** The command line, as the parser gives it. */
export type RegradeArguments = AwsArguments & {
  module?: string;
  task?: string;
  dryRun: boolean;
  segments?: number;
  concurrency: number;
  outputDir: string;
};

type Where = { catalog: Catalog; target: string };
export type BegunRegrade = {
  folder: RunFolder;
  checkpoint: RegradeCheckpoint;
  module: ModuleDefinition & { quiz: Quiz };
};

/** A new run, or the one to go on with. @throws StartError, before anything is written */
export function beginRegrade(given: RegradeArguments, where: Where): BegunRegrade {
  if (given.resume !== undefined) return resumed(given, where);
  const { module, options } = asked(given, where.catalog);
  const startTime = toTimestamp(Date.now());
  const run = nameOfRun(startTime);
  const begun = { run, options, catalogVersion: where.catalog.version, target: where.target, startTime };
  return {
    folder: new RunFolder(join(given.outputDir, run), REGRADE_FILES),
    checkpoint: newRegradeCheckpoint(begun),
    module,
  };
}

/** What a new run is to do. @throws StartError where the catalog has no such thing */
export function asked(
  given: RegradeArguments,
  catalog: Catalog,
): { module: BegunRegrade["module"]; options: RegradeOptions } {
  if (given.module === undefined)
    throw new StartError("Which module? Usage: npm run regrade -- --module=SLUG [--task=SLUG] --dry-run");
  const module = moduleNamed(catalog, given.module);
  checkTask(module, given.task);
  const { task, dryRun, segments = SEGMENTS[given.on], concurrency } = given;
  return { module, options: { module: module.slug, task, dryRun, segments, concurrency } };
}

function moduleNamed(catalog: Catalog, asked: string): BegunRegrade["module"] {
  const { slug } = catalog.resolve({ type: "module", slug: asked });
  const module = catalog.module.get(slug);
  if (module === undefined)
    throw new StartError(
      `The catalog has no module ${asked}. Compare --module with the folders under modules/ of the content.`,
    );
  if (module.quiz === undefined)
    throw new StartError(
      `The module ${slug} has no quiz.json to grade answers by. Publish modules/${slug}/quiz.json first.`,
    );
  return { ...module, quiz: module.quiz };
}

function checkTask({ slug, tasks }: ModuleDefinition, asked: string | undefined): void {
  if (asked === undefined || tasks.some((task) => task.slug === asked && task.type === "quiz")) return;
  const quizzes = tasks.filter(({ type }) => type === "quiz").map((task) => task.slug);
  const known = quizzes.length === 0 ? "it has none" : `it has ${quizzes.join(", ")}`;
  throw new StartError(
    `The module ${slug} has no quiz task ${asked}: ${known}. Leave --task out to grade every answer.`,
  );
}

function resumed({ resume = "", outputDir }: RegradeArguments, { catalog, target }: Where): BegunRegrade {
  const path = findRun(resume, outputDir);
  const folder = new RunFolder(path, REGRADE_FILES);
  const checkpoint = folder.loadCheckpoint();
  if (!isRegrade(checkpoint)) throw new StartError(`The run ${basename(path)} is no regrade.`);
  checkResumable(path, checkpoint, { catalogVersion: catalog.version, target });
  return { folder, checkpoint, module: moduleNamed(catalog, checkpoint.options.module) };
}
