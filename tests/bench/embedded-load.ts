import { moduleSlug, type Shape } from "./content.ts";

export const SHAPE: Shape = { courses: 20, modulesPerCourse: 5, coursesPerPathway: 5 };
export const BATCH = 50;
export const TS = "2026-01-18T10:15:00.000Z";

let learners = 0;
export const newLearner = () => `learner-${learners++}`;
export const eventsSoFar = () => learners * SHAPE.modulesPerCourse;

const eventOf = (contactId: string, course: number, module: number) => ({
  eventName: "learning_module_completed",
  contactIdentifier: { contactId },
  payload: { module_slug: moduleSlug(course % SHAPE.courses, module), ts: TS },
});

const range = (length: number) => Array.from({ length }, (_, index) => index);
const newLearners = (events: number) => range(Math.ceil(events / SHAPE.modulesPerCourse)).map(newLearner);

/** Events of new learners who complete a course each, one a request: the first module of all of them, then the second. */
export function singles(events: number): Buffer[] {
  const some = newLearners(events);
  const all = range(SHAPE.modulesPerCourse).flatMap((module) =>
    some.map((learner, each) => eventOf(learner, each, module)),
  );
  return all.map((event) => Buffer.from(JSON.stringify(event)));
}

/** As many requests with BATCH events each, of new learners who complete a course each. */
export function batches(count: number): Buffer[] {
  return range(count).map(() => {
    const events = newLearners(BATCH).flatMap((learner, each) =>
      range(SHAPE.modulesPerCourse).map((module) => eventOf(learner, each, module)),
    );
    return Buffer.from(JSON.stringify({ events }));
  });
}
