import type { SentEvent } from "../../support/oracles/oracle.ts";
import { isGatedIn, type RecordContent } from "../../support/oracles/record-oracle.ts";
import type { Random } from "./random.ts";

/** An event, and what the answers in it are worth where it has some. */
export type PlannedEvent = { event: SentEvent; gradedAs?: number };

/** What one learner does: facts in order of time, and what may be claimed of it. */
export type LearnerEvents = {
  facts: PlannedEvent[];
  /** A new claim of a course, a pathway or a module with conditions, each time. */
  claim(entity: string): PlannedEvent;
  /** All that the learner works for. */
  entities: string[];
};

type Fields = Record<string, unknown>;

const MINUTE_MS = 60_000;
/** What a page sends with a completion, where the content asks for something. */
const COMPLETION_DATA: Record<string, object> = {
  breathing_exercise: { completed_steps: ["in", "out"], emotion: "calm", intensity: 40 },
  emotion_labeling: { mood: "tired", date: "2026-01-18", note: "long night" },
  inner_doodling: { has_drawing: true, sketch_data: "data:image/png;base64,AAAA" },
  quick_assessment: { answers: { one: "a" }, total_questions: 4 },
};
const RIGHT_ANSWERS = {
  "remote-login": "SSH",
  "unused-ports": "They are shut down",
  "who-may-change": ["operators", "pipeline"],
  "after-a-leak": "Revoke the key",
};
/** Around the tolerance of a claim. */
const CLAIMED_AFTER_MS = [0, 1, 4 * MINUTE_MS, 5 * MINUTE_MS, 5 * MINUTE_MS + 1, 120 * MINUTE_MS];

const slugOf = (entry: string | { slug: string }) => (typeof entry === "string" ? entry : entry.slug);

/** @param identity how a page names the learner, if it does */
export function learnerEvents(
  content: RecordContent,
  random: Random,
  learner: string,
  identity: SentEvent["contactIdentifier"],
): LearnerEvents {
  let clock = Date.UTC(2026, 0, random.int(1, 28), random.int(6, 16), random.int(0, 59));
  let serial = 0;
  const at = (time: number) => new Date(time).toISOString();
  const tick = () => {
    clock += random.int(1, 20_000) + (random.chance(0.3) ? random.int(1, 10) * MINUTE_MS : 0);
    return clock;
  };
  const sent = (name: string, fields: Fields, time = tick()): SentEvent => ({
    eventName: `learning_${name}`,
    // Without an id, an event is known by what it says, and so has to say its time.
    ...(random.chance(0.7) && { eventId: `${learner}-${serial++}` }),
    contactIdentifier: identity,
    ...(random.chance(0.8) ? { payload: { ...fields, ts: at(time) } } : { ...fields, ts: at(time) }),
  });
  const plain = (name: string, fields: Fields): PlannedEvent => ({ event: sent(name, fields) });

  const pathway = random.pick(content.pathways);
  const extra = random.pick(content.courses);
  const courses = [...(pathway.courses ?? []).map(slugOf), ...(random.chance(0.5) ? [extra.slug] : [])];
  const modulesOf = (slug: string) => content.courses.find((course) => course.slug === slug)?.modules ?? [];
  const skips = random.chance(0.4) ? 0.15 : 0;
  const modules = new Map<string, string | undefined>();
  for (const slug of (pathway.modules ?? []).map(slugOf)) modules.set(slug, undefined);
  for (const course of courses) for (const entry of modulesOf(course)) modules.set(slugOf(entry), course);
  for (const slug of modules.keys()) if (random.chance(skips)) modules.delete(slug);

  const facts: PlannedEvent[] = [];
  if (random.chance(0.5))
    facts.push(
      plain("pathway_enrolled", {
        pathway_slug: pathway.slug,
        ...(random.chance(0.5) && { enrollment_source: "home" }),
      }),
    );
  for (const course_slug of courses)
    if (random.chance(0.5))
      facts.push(
        plain("course_enrolled", { course_slug, pathway_slug: pathway.slug, enrollment_source: "course_page" }),
      );
  for (const [module_slug, course_slug] of modules) {
    if (random.chance(0.2)) facts.push(plain("module_recommended", { module_slug }));
    if (random.chance(0.8))
      facts.push(plain("module_started", { module_slug, ...(course_slug !== undefined && { course_slug }) }));
    if (random.chance(0.3)) facts.push(plain("page_viewed", { content_type: "module", slug: module_slug }));
    if (random.chance(0.2)) facts.push(...session(module_slug));
    facts.push(...workOn(module_slug));
  }
  // Pages may be published before the catalog.
  if (random.chance(0.1)) facts.push(plain("module_completed", { module_slug: "not-published-yet" }));

  function session(module_slug: string): PlannedEvent[] {
    const own = { session_id: `${learner}-s${serial++}`, session_type: "module" };
    const began = plain("session_started", { ...own, module_slug, source: "page" });
    return [
      began,
      ...(random.chance(0.8) ? [plain("session_ended", { ...own, items_studied: random.int(0, 9) })] : []),
    ];
  }

  function workOn(module_slug: string): PlannedEvent[] {
    const module = content.modules.find(({ slug }) => slug === module_slug);
    const work: PlannedEvent[] = [];
    for (const { task_slug } of module?.completion_tasks ?? [])
      for (let attempt = 0; attempt < random.int(1, 4); attempt++) work.push(attemptOf(module_slug, task_slug));
    for (const step of module?.steps ?? [])
      if (!random.chance(skips)) work.push(plain("module_progressed", { module_slug, step }));
    for (let sitting = 0; module?.score && sitting < random.int(1, 3); sitting++) {
      const scores = Object.keys(module.score.weights).filter(() => sitting === 0 || random.chance(0.5));
      const score = () => random.pick([60, 74.5, 79.99, 80, 90, 100]);
      if (scores.length > 0)
        work.push(
          plain("module_scored", { module_slug, scores: Object.fromEntries(scores.map((name) => [name, score()])) }),
        );
    }
    for (const { id: item_id } of module?.review_items ?? [])
      if (random.chance(0.4))
        work.push(
          plain("item_reviewed", { module_slug, item_id, rating: random.pick(["again", "hard", "good", "easy"]) }),
        );
    if (isGatedIn(content, module_slug)) return work;
    const data = COMPLETION_DATA[module_slug];
    // Now and then a page sends what the content does not allow.
    if (data && random.chance(0.1)) work.push(plain("module_completed", { module_slug, completion_data: { mood: 1 } }));
    const completion_data = random.chance(0.9) ? data : undefined;
    return [...work, plain("module_completed", { module_slug, ...(completion_data && { completion_data }) })];
  }

  function attemptOf(module_slug: string, task_slug: string): PlannedEvent {
    const task = { module_slug, task_slug };
    if (task_slug !== "securing-quiz") return plain("task_submitted", { ...task, attested: true });
    if (random.chance(0.5)) return plain("task_submitted", { ...task, score: random.pick([50, 74.99, 75, 100]) });
    const known = Object.entries(RIGHT_ANSWERS).filter(() => random.chance(0.9));
    return {
      event: sent("task_submitted", { ...task, answers: Object.fromEntries(known) }),
      gradedAs: known.length * 25,
    };
  }

  const gated = [...modules.keys()].filter((slug) => isGatedIn(content, slug));
  return {
    facts,
    entities: [
      `pathway/${pathway.slug}`,
      ...courses.map((slug) => `course/${slug}`),
      ...gated.map((slug) => `module/${slug}`),
    ],
    claim(entity) {
      const [kind, slug] = entity.split("/") as [string, string];
      const time = clock + random.pick(CLAIMED_AFTER_MS) + serial++;
      const apart = random.chance(0.2) && kind !== "module" ? { completed_at: at(time - MINUTE_MS) } : {};
      return { event: sent(`${kind}_completed`, { [`${kind}_slug`]: slug, ...apart }, time) };
    },
  };
}
