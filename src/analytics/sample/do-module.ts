import type { ModuleDefinition } from "../../catalog/catalog.ts";
import { RATINGS } from "../../model/review.ts";
import { toTimestamp } from "../../model/time.ts";
import { DAY, type Life, MINUTE } from "./life.ts";
import type { Random } from "./random.ts";
import { sampleData } from "./sample-data.ts";

type Done = { life: Life; random: Random; module: ModuleDefinition; course: string };

/**
 * Does a module from a moment on, as a learner would: starts it, tries its tasks until they are passed, and completes it.
 * @param skill from 0 to 1: how much of a quiz the learner knows at first
 * @returns when it was done; undefined where the learner gave up
 */
export function doModule({ life, random, module, course }: Done, from: number, skill: number): number | undefined {
  const { slug } = module;
  const started = life.send("module_started", from, { module_slug: slug, course_slug: course });
  if (started) life.truth.started.push({ module: slug, at: started });
  let at = from + random.between(4, 40) * MINUTE;
  for (const task of module.tasks.filter(({ required }) => required)) {
    const passedAt = tryTask({ life, random, module, course }, task, at, skill);
    if (passedAt === undefined) return undefined;
    at = passedAt;
  }
  for (const step of module.steps) {
    at += random.between(1, 15) * MINUTE;
    life.send("module_progressed", at, { module_slug: slug, step });
  }
  if (module.score) {
    at += random.between(10, 60) * MINUTE;
    const { passingScore, weights } = module.score;
    const isGood = random.chance(0.5 + skill / 2);
    const score = Math.round(isGood ? random.between(passingScore, 100) : random.between(30, passingScore - 1));
    life.send("module_scored", at, {
      module_slug: slug,
      scores: Object.fromEntries(Object.keys(weights).map((name) => [name, score])),
    });
    if (!isGood) return undefined;
  }
  const isGated = module.tasks.length > 0 || module.steps.length > 0 || module.score !== undefined;
  complete({ life, random, module, course }, at, isGated);
  review({ life, random, module, course }, at);
  return at;
}

type Task = ModuleDefinition["tasks"][number];

function tryTask({ life, random, module }: Done, task: Task, from: number, skill: number): number | undefined {
  const { slug } = module;
  let at = from;
  const most = task.maxAttempts ?? 5;
  for (let attempt = 1; attempt <= most; attempt++) {
    at += random.between(3, 30) * MINUTE;
    if (task.type === "lab_attestation") {
      life.send("task_submitted", at, { module_slug: slug, task_slug: task.slug, attested: true });
      return at;
    }
    const known = Math.min(0.98, skill + 0.15 * (attempt - 1));
    const passed = module.quiz
      ? answer({ life, random, module, course: "" }, task, at, known)
      : score({ life, random, module, course: "" }, task, at, known);
    if (passed) return at;
    if (random.chance(0.15)) return undefined;
    at += random.chance(0.3) ? random.wait(DAY) : 0;
  }
  return undefined;
}

/** The last questions of a quiz are the hardest. */
function answer({ life, random, module }: Done, task: Task, at: number, known: number): boolean {
  const { questions } = module.quiz as NonNullable<ModuleDefinition["quiz"]>;
  const answers: Record<string, unknown> = {};
  const right: string[] = [];
  let points = 0;
  for (const [index, question] of questions.entries()) {
    const isKnown = random.chance(known ** (0.4 + (1.6 * (index + 1)) / questions.length));
    answers[question.id] = isKnown ? question.correct : "something else";
    if (!isKnown) continue;
    right.push(question.id);
    points += question.points;
  }
  const total = questions.reduce((sum, question) => sum + question.points, 0);
  const score = Math.floor((points / total) * 1e8 + 1e-6) / 1e6;
  const passed = score >= (task.passingScore ?? 0);
  const sent = life.send("task_submitted", at, { module_slug: module.slug, task_slug: task.slug, answers });
  const asked = questions.map(({ id }) => id);
  if (sent) life.truth.attempts.push({ module: module.slug, task: task.slug, at: sent, score, passed, right, asked });
  return passed;
}

function score({ life, random, module }: Done, task: Task, at: number, known: number): boolean {
  const value = Math.max(1, Math.min(100, Math.round(100 * known + random.between(-25, 20))));
  const passed = value >= (task.passingScore ?? 0);
  const sent = life.send("task_submitted", at, { module_slug: module.slug, task_slug: task.slug, score: value });
  if (sent)
    life.truth.attempts.push({
      module: module.slug,
      task: task.slug,
      at: sent,
      score: value,
      passed,
      right: [],
      asked: [],
    });
  return passed;
}

/** A module without conditions is done by a mark; of another one the last condition was it, and there is nothing to send. */
function complete({ life, random, module, course }: Done, at: number, isGated: boolean): void {
  const { slug } = module;
  const data =
    isGated || module.completionData === undefined
      ? undefined
      : sampleData(random, module.completionData, toTimestamp(Math.floor(at)));
  const sent = isGated
    ? life.send("page_viewed", at, { content_type: "module", slug })
    : life.send("module_completed", at, {
        module_slug: slug,
        course_slug: course,
        ...(data && { completion_data: data.value }),
      });
  if (sent === undefined) return;
  life.truth.done.push({ module: slug, at: sent });
  for (const { field, value } of data?.told ?? []) life.truth.data.push({ module: slug, at: sent, field, value });
}

function review({ life, random, module }: Done, from: number): void {
  for (const { id } of module.reviewItems) {
    let at = from;
    for (let wait = DAY; random.chance(0.7) && wait < 90 * DAY; wait *= 2.2) {
      at += wait + random.between(0, DAY);
      const rating = RATINGS[Math.min(3, Math.floor(random.between(0.3, 4)))] ?? "good";
      const sent = life.send("item_reviewed", at, { module_slug: module.slug, item_id: id, rating });
      if (sent) life.truth.reviews.push({ module: module.slug, item: id, at: sent, rating });
    }
  }
}
