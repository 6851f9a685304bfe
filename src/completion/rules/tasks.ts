import type { Task } from "../../catalog/module-schema.ts";
import type { Facts } from "../../model/progress.ts";
import { firstDone, firstReached } from "../../model/result.ts";
import type { Condition } from "./condition.ts";

/** When a task was first passed: with its passing score where it has one, else by being submitted. */
export const taskPassedAt = ({ slug, passingScore }: Task, { tasks }: Facts) =>
  passingScore === undefined ? firstDone(tasks, slug) : firstReached(tasks, slug, passingScore);

/** Every required task. */
export const tasks: Condition = (definition, facts) =>
  definition.tasks
    .filter(({ required }) => required)
    .map((task) => ({ missing: { type: "task", slug: task.slug }, metAt: taskPassedAt(task, facts) }));
