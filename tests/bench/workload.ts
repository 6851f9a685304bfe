import { courseSlug, moduleSlug, type Shape } from "./content.ts";

/** The catalog under load. Pathways are longer than what anyone completes here. */
export const CATALOG: Shape = { courses: 12, modulesPerCourse: 10, coursesPerPathway: 8 };

/** What one learner does in one request, and which courses that completes. */
export type Part = { learnerId: string; modules: string[]; completes: string[] };
export type Request = Part[];
/** Requests that follow one another: a learner's next event comes after the answer to the last. */
export type Lane = Request[];

/** How a load is made up: `batched` requests carry all their events in one body. */
export type Load = {
  name: string;
  batched: boolean;
  lanesAtOnce: number;
  lanes: number;
  lane: (learner: Learner) => Lane;
};
type Learner = (index: number) => string;

const PER_COURSE = CATALOG.modulesPerCourse;
const range = (length: number) => Array.from({ length }, (_, index) => index);
const modulesOf = (course: number) => range(PER_COURSE).map((module) => moduleSlug(course, module));

/** One course, a module a request, for some learners side by side. */
const courseByModule = (learners: string[]): Lane =>
  modulesOf(0).map((module, index) =>
    learners.map((learnerId) => ({
      learnerId,
      modules: [module],
      completes: index === PER_COURSE - 1 ? [courseSlug(0)] : [],
    })),
  );

export const LOADS = [
  {
    name: "single events",
    batched: false,
    lanesAtOnce: 32,
    lanes: 64,
    lane: (learner) => courseByModule([learner(0)]),
  },
  {
    name: "batches of 50, one learner",
    batched: true,
    lanesAtOnce: 4,
    lanes: 12,
    lane: (learner) => [
      [{ learnerId: learner(0), modules: range(5).flatMap(modulesOf), completes: range(5).map(courseSlug) }],
    ],
  },
  {
    name: "batches of 50, 50 learners",
    batched: true,
    lanesAtOnce: 2,
    lanes: 2,
    lane: (learner) => courseByModule(range(50).map(learner)),
  },
] as const satisfies Load[];

/** Which load to run, for learners of its own: the same number of them, with ids of the same length, in every run. */
export type Run = { load: number; id: number };

export function lanesOf({ load, id }: Run): Lane[] {
  const { lanes, lane } = LOADS[load] as Load;
  return range(lanes).map((index) =>
    lane((learner) => `learner-${[id, index, learner].map((part) => String(part).padStart(4, "0")).join("-")}`),
  );
}

export const eventsIn = (lanes: Lane[]): number =>
  lanes.flat(2).reduce((count, { modules }) => count + modules.length, 0);

/** Walks the lanes, so many at once. @returns milliseconds */
export async function walk<T>(lanes: T[][], atOnce: number, step: (request: T) => Promise<void>): Promise<number> {
  const waiting = lanes.values();
  const start = performance.now();
  await Promise.all(
    range(atOnce).map(async () => {
      for (const lane of waiting) for (const request of lane) await step(request);
    }),
  );
  return performance.now() - start;
}
