import type { Catalog, Definition, ModuleDefinition } from "../../catalog/catalog.ts";
import { minus, plus } from "../../model/duration.ts";
import { millisecondsOf, type Timestamp, toTimestamp } from "../../model/time.ts";
import { doModule } from "./do-module.ts";
import { DAY, Life, MINUTE } from "./life.ts";
import { Random } from "./random.ts";

export type Sample = {
  learners: number;
  seed: number;
  /** Nothing happens later. */
  until: Timestamp;
  /** So many days before it the first learners came. */
  days: number;
};

const SOURCES = ["catalog", "course_page", "newsletter", "manager"];

/** Learners as they might be: some finish all they begin, most do not, and more of them come every month. */
export function* sampleLearners(catalog: Catalog, { learners, seed, until, days }: Sample): Generator<Life> {
  const end = millisecondsOf(until);
  for (let number = 1; number <= learners; number++) {
    // Each has numbers of its own, so that more learners leave the others as they are.
    const random = new Random(seed * 1_000_003 + number);
    const life = new Life(`sample-${number}`, end);
    const came = end - days * DAY * (1 - Math.sqrt(random.next()));
    live(catalog, life, random, atWorkingTime(random, came));
    yield life;
  }
}

/** People learn on weekdays, and by day. */
function atWorkingTime(random: Random, moment: number): number {
  const day = new Date(moment);
  const weekday = day.getUTCDay();
  const weekend = weekday === 6 || weekday === 0;
  const shift = weekend && random.chance(0.8) ? 2 * DAY : 0;
  return Math.floor(moment / DAY) * DAY + shift + random.between(7 * 60, 20 * 60) * MINUTE;
}

function live(catalog: Catalog, life: Life, random: Random, came: number): void {
  const persistence = random.between(0.55, 0.99);
  const skill = random.between(0.45, 0.95);
  const pathway = random.chance(0.4) ? random.pick(catalog.pathways) : undefined;
  if (pathway) life.enrol("pathway", pathway.slug, came, random.pick(SOURCES));
  let at = came;
  for (const course of coursesOf(catalog, random, pathway)) {
    life.enrol("course", course.slug, at, random.pick(SOURCES));
    at = takeCourse(catalog, { life, random, course }, at, { persistence, skill });
    if (!random.chance(persistence)) break;
    at = atWorkingTime(random, at + random.wait(12 * DAY));
  }
}

/** A pathway's own courses in their order; else some, of which the first are the most popular. */
function coursesOf(catalog: Catalog, random: Random, pathway: Definition | undefined): Definition[] {
  const own = (pathway?.entries ?? []).flatMap(({ type, slug }) =>
    type === "course" ? (catalog.course.get(slug) ?? []) : [],
  );
  if (own.length > 0) return own;
  const { courses } = catalog;
  const chosen = Array.from(
    { length: random.whole(1, 2) },
    () => courses[Math.floor(random.next() ** 1.6 * courses.length)],
  );
  return [...new Set(chosen)].filter((course) => course !== undefined);
}

type Taking = { life: Life; random: Random; course: Definition };
type Manner = { persistence: number; skill: number };

/** @returns when the learner stopped */
function takeCourse(catalog: Catalog, taking: Taking, from: number, manner: Manner): number {
  const { life, random, course } = taking;
  if (!random.chance(0.85)) return from;
  let at = from + random.wait(DAY);
  let isDone = true;
  for (const { slug, optional } of course.entries) {
    const module = catalog.module.get(slug);
    if (module === undefined || isLocked(life, module) || (optional && !random.chance(0.4))) continue;
    if (!random.chance(manner.persistence)) return at;
    session(taking, at);
    const doneAt = doModule({ life, random, module, course: course.slug }, at, manner.skill);
    isDone &&= doneAt !== undefined || optional;
    at = atWorkingTime(random, (doneAt ?? at) + random.wait(2.5 * DAY));
    if (doneAt === undefined && !random.chance(manner.persistence)) return at;
  }
  if (isDone) renew(catalog, taking, manner);
  return at;
}

const isLocked = ({ truth }: Life, { prerequisites }: ModuleDefinition): boolean =>
  prerequisites.some((slug) => !truth.done.some(({ module }) => module === slug));

/** A completion that expires is renewed by most: in the time before it ends, where it has one, else behind it. */
function renew(catalog: Catalog, { life, random, course }: Taking, manner: Manner): void {
  const { validFor, renewFrom } = course;
  if (validFor === undefined) return;
  const modules = course.entries.flatMap((entry) =>
    entry.type === "module" && !entry.optional ? (catalog.module.get(entry.slug) ?? []) : [],
  );
  let completedAt = lastDone(
    life,
    modules.map(({ slug }) => slug),
  );
  while (completedAt !== undefined && random.chance(0.35 + manner.persistence / 2)) {
    const expiresAt = plus(completedAt, validFor);
    const opensAt = millisecondsOf(renewFrom ? minus(expiresAt, renewFrom) : expiresAt);
    let at = atWorkingTime(random, opensAt + DAY + random.wait(10 * DAY));
    for (const module of modules) {
      const doneAt = doModule({ life, random, module, course: course.slug }, at, 0.98);
      if (doneAt === undefined) return;
      at = doneAt + random.between(5, 60) * MINUTE;
      completedAt = toTimestamp(Math.floor(doneAt));
    }
    if (
      lastDone(
        life,
        modules.map(({ slug }) => slug),
      ) !== completedAt
    )
      return;
  }
}

/** When the last of these modules was done, if all of them were. */
function lastDone({ truth }: Life, modules: readonly string[]): Timestamp | undefined {
  const times = modules.map((module) => truth.done.findLast((one) => one.module === module)?.at);
  return times.some((time) => time === undefined) ? undefined : (times as Timestamp[]).sort().at(-1);
}

function session({ life, random }: Taking, at: number): void {
  if (!random.chance(0.3)) return;
  const id = { session_id: `${life.learnerId}-s${life.truth.sessions.length}`, session_type: "study" };
  const start = life.send("session_started", at, id);
  const end = life.send("session_ended", at + random.between(5, 90) * MINUTE, id);
  if (start && end) life.truth.sessions.push({ start, end });
}
