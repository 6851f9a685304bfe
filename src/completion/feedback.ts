import type { ModuleDefinition } from "../catalog/catalog.ts";
import type { Feedback } from "../catalog/quiz.ts";

/**
 * What a learner is told of a task's results. A quiz says so itself; where it does not, a task with a limit of attempts
 * tells the score alone, because whoever knows which questions were right can pass by trying.
 */
export function feedbackOf(module: ModuleDefinition | undefined, taskSlug: string | undefined): Feedback {
  const task = module?.tasks.find(({ slug }) => slug === taskSlug);
  if (module?.quiz === undefined || (task && task.type !== "quiz")) return "questions";
  return module.quiz.feedback ?? (task?.maxAttempts === undefined ? "questions" : "score");
}
