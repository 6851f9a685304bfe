import { type Catalog, type ModuleDefinition, plainModule } from "../../catalog/catalog.ts";
import type { Task } from "../../catalog/module-schema.ts";
import type { Feedback } from "../../catalog/quiz.ts";
import { isGated, moduleCompletedAt } from "../../completion/calculate.ts";
import type { Completion, Missing } from "../../completion/completion.ts";
import { feedbackOf } from "../../completion/feedback.ts";
import { hasBegun } from "../../completion/has-begun.ts";
import { type Lock, lockOf } from "../../completion/locks.ts";
import { looksAt } from "../../completion/module-requirement.ts";
import { currentStep } from "../../completion/rules/steps.ts";
import { taskPassedAt } from "../../completion/rules/tasks.ts";
import { moduleCompletion } from "../../completion/terms/module-done.ts";
import type { EntityState, Facts, Progress } from "../../model/progress.ts";
import { bestValue, firstDone } from "../../model/result.ts";
import type { Timestamp } from "../../model/time.ts";
import { type WaivedView, waivedView } from "./waived-view.ts";

/** `feedback` is what its learner is told of the results. */
export type TaskView = Task & {
  feedback: Feedback;
  bestScore: number | null;
  attestedAt: Timestamp | null;
  passedAt: Timestamp | null;
};

/** A module of one learner. What its definition does not have is undefined. `missing` is why it is not complete. */
export type ModuleView = {
  slug: string;
  status: "not_started" | "started" | "completed";
  facts: Facts;
  completedAt: Timestamp | undefined;
  missing: Missing[];
  waived: WaivedView | undefined;
  progressPercentage: number | undefined;
  cumulativeScore: number | undefined;
  tasks: TaskView[] | undefined;
  steps: { step: string; doneAt: Timestamp | null }[] | undefined;
  currentStep: string | null;
  /** Undefined where the learner's other progress was not read. */
  lock: Lock | undefined | null;
};

/** @param progress the learner's progress, to tell locks by; without it they are left out */
export function moduleView(catalog: Catalog, slug: string, state: EntityState, progress?: Progress): ModuleView {
  const definition = catalog.module.get(slug) ?? plainModule(slug);
  const { facts } = state;
  const completion = moduleCompletion(catalog, slug, state);
  const completedAt = moduleCompletedAt(catalog, slug, state);
  return {
    slug,
    status: completedAt === undefined ? statusBefore(facts) : "completed",
    facts,
    completedAt,
    missing: completedAt === undefined ? completion.missing : [],
    waived: waivedView(completion.waiver),
    progressPercentage: isGated(catalog, slug) ? percentage(definition, facts, completion) : undefined,
    cumulativeScore: completion.cumulativeScore,
    tasks:
      definition.tasks.length > 0
        ? definition.tasks.map((task) => ({ ...taskView(task, state), feedback: feedbackOf(definition, task.slug) }))
        : undefined,
    steps:
      definition.steps.length > 0
        ? definition.steps.map((step) => ({ step, doneAt: firstDone(facts.steps, step) ?? null }))
        : undefined,
    currentStep: currentStep(definition.steps, facts),
    lock: progress ? lockOf(catalog, progress, { type: "module", slug }) : null,
  };
}

/** All of it that is not everything. */
const NEARLY_ALL = 99;

/**
 * The share of a module's steps that are done, rounded, where it needs all of them and whatever else it asks for; else
 * how far its rule says that the learner is. It is 100 exactly where the module is complete, whatever completed it.
 */
function percentage(definition: ModuleDefinition, facts: Facts, { completed, progress }: Completion): number {
  if (completed) return 100;
  const { steps } = definition;
  const { total, needed, shortBy } = progress;
  const isBySteps = steps.length > 0 && needed === total && looksAt(definition, "steps");
  const done = steps.filter((step) => firstDone(facts.steps, step) !== undefined).length;
  const share = isBySteps ? done / steps.length : (needed - shortBy) / needed;
  return Math.min(Math.round(100 * share), NEARLY_ALL);
}

const taskView = (task: Task, { facts, moreAttempts }: EntityState): Omit<TaskView, "feedback"> => ({
  ...task,
  maxAttempts: task.maxAttempts === undefined ? undefined : task.maxAttempts + (moreAttempts?.[task.slug] ?? 0),
  bestScore: bestValue(facts.tasks, task.slug) ?? null,
  attestedAt: facts.tasks?.find(({ key, value }) => key === task.slug && value === true)?.at ?? null,
  passedAt: taskPassedAt(task, facts) ?? null,
});

const statusBefore = (facts: Facts): "started" | "not_started" => (hasBegun(facts) ? "started" : "not_started");
