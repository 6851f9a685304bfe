import { ALWAYS } from "./calendar.ts";
import type { Condition, Content, Key, Kind, Module } from "./content.ts";
import type { Sent } from "./live.ts";

/** One thing that a learner did in a module. */
export type Did = {
  at: string;
  what: Condition["type"];
  /** A task, a step, or a component of the score. */
  name: string;
  value: number | true;
  /** Whether a mark, by when it was received too, is from before the conditions. */
  isEarly: boolean;
};

/** The entity that an event is about. */
export const subjectOf = (content: Content, { field }: Sent, kind: Kind): Key =>
  content.resolve(kind, String(field(`${kind}_slug`)));

/** Whether `learning_module_completed` is a claim: the conditions are in force, by the clock that its sender cannot set. */
export const isModuleClaim = ({ isGated, countsMark, from }: Module, { at, receivedAt, own }: Sent): boolean =>
  isGated && !countsMark && from <= (own ? receivedAt : at);

/** Everything that a learner did in a module. */
export function didIn(content: Content, module: Module, events: readonly Sent[]): Did[] {
  return events.flatMap((event) => {
    const { name, at, receivedAt, own, field } = event;
    const isHere = field("module_slug") !== undefined && subjectOf(content, event, "module") === module.key;
    const did = (what: Did["what"], slug: string, value: Did["value"] = true): Did => ({
      at,
      what,
      name: slug,
      value,
      isEarly: module.from === ALWAYS || (own ? receivedAt : at) < module.from,
    });
    if (!isHere) return [];
    if (name === "task_submitted") {
      const score = (gradeOf(module, field("answers")) ?? field("score")) as number | undefined;
      return [did("task", String(field("task_slug")), score === undefined ? true : Math.min(score, 100))];
    }
    if (name === "module_progressed") return [did("step", String(field("step")))];
    if (name === "module_scored")
      return Object.entries(field("scores") as Record<string, number>).map(([component, score]) =>
        did("score", component, Math.min(score, 100)),
      );
    return name === "module_completed" && !isModuleClaim(module, event) ? [did("mark", "")] : [];
  });
}

/** What answers are worth by the module's quiz, of which each question has one right answer. */
function gradeOf({ quiz }: Module, answers: unknown): number | undefined {
  if (quiz === undefined || answers === undefined) return undefined;
  const worth = (some: typeof quiz.questions) => some.reduce((sum, { points }) => sum + points, 0);
  const right = quiz.questions.filter(
    ({ id, correct_answer }) => (answers as Record<string, unknown>)[id] === correct_answer,
  );
  return (100 * worth(right)) / worth(quiz.questions);
}

/** Whether some of what was done in a module meets one of its conditions. */
export function meets({ json }: Module, { type, slug }: Condition, done: readonly Did[]): boolean {
  const ofKind = done.filter(({ what }) => what === type);
  if (type === "mark") return ofKind.length > 0;
  if (type === "step") return ofKind.some(({ name }) => name === slug);
  if (type === "task") {
    const mark = json.completion_tasks?.find(({ task_slug }) => task_slug === slug)?.passing_score;
    return ofKind.some(({ name, value }) => name === slug && (mark === undefined || (value !== true && value >= mark)));
  }
  const { passing_score = 0, weights = {} } = json.score ?? {};
  const best = (component: string) =>
    Math.max(0, ...ofKind.flatMap(({ name, value }) => (name === component && value !== true ? [value] : [])));
  const parts = Object.entries(weights);
  const sum = parts.reduce((total, [, weight]) => total + weight, 0);
  const mean = parts.reduce((total, [component, weight]) => total + weight * best(component), 0) / sum;
  // A hair, because weights such as 0.1 are no binary fractions.
  return mean + 1e-9 >= passing_score;
}
