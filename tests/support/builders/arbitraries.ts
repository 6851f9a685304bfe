import fc from "fast-check";
import { type CatalogContent, contentOf, type SentEvent } from "../oracles/oracle.ts";
import { faultsOf } from "./catalogs.ts";

// Few names, and the same for all kinds: they collide often, and a mix-up of kinds shows.
const SLUGS = ["a", "b", "c", "d"] as const;
/** In no catalog. */
const UNLISTED = "z";
const DAY = "2026-01-18";

/** The time of receipt in tests: after every time in `anyHistory`, but for those of clocks far ahead. */
export const NOW = Date.parse(`${DAY}T12:00:00Z`);

const entries = (slugs: readonly string[], maxLength: number) =>
  fc
    .uniqueArray(fc.record({ slug: fc.constantFrom(...slugs), optional: fc.constantFrom(false, false, false, true) }), {
      selector: ({ slug }) => slug,
      maxLength,
    })
    .map((listed) => listed.map(({ slug, optional }) => (optional ? { slug, optional } : slug)));

/** Which rule; from 0 on, how many entries more than one `at-least` asks for. */
const anyRule = fc.option(fc.nat({ max: 3 }), { nil: undefined, freq: 2 });

const withRule = <T extends object>(definition: T, more: number | undefined, entryCount: number) =>
  more === undefined || entryCount === 0
    ? definition
    : { ...definition, completion: { rule: "at-least" as const, count: 1 + (more % entryCount) } };

/** Small catalogs: modules in several courses, optional ones, pathways of courses, of modules and of both. */
export function anyCatalog({ modules = 4, courses = 3, pathways = 2 } = {}): fc.Arbitrary<CatalogContent> {
  const moduleSlugs = SLUGS.slice(0, modules);
  const courseSlugs = SLUGS.slice(0, courses);
  const course = fc.record({
    slug: fc.constantFrom(...courseSlugs),
    modules: entries(moduleSlugs, 3),
    more: anyRule,
  });
  const pathway = fc.record({
    slug: fc.constantFrom(...SLUGS.slice(0, pathways)),
    courses: entries(courseSlugs, 3),
    modules: entries(moduleSlugs, 2),
    more: anyRule,
  });
  const selector = ({ slug }: { slug: string }) => slug;
  return (
    fc
      .record({
        courses: fc.uniqueArray(course, { selector, minLength: 1, maxLength: courses }),
        pathways: fc.uniqueArray(pathway, { selector, maxLength: pathways }),
      })
      .map((drawn) => ({
        courses: drawn.courses.map(({ more, ...definition }) => withRule(definition, more, definition.modules.length)),
        pathways: drawn.pathways.map(({ more, ...definition }) => {
          // A pathway may name only courses that there are.
          const known = definition.courses.filter((entry) =>
            drawn.courses.some(({ slug }) => slug === (typeof entry === "string" ? entry : entry.slug)),
          );
          return withRule({ ...definition, courses: known }, more, known.length + definition.modules.length);
        }),
      }))
      // What can never be completed is no catalog.
      .filter((content) => faultsOf(contentOf(content)).length === 0)
  );
}

/** Every few minutes, on the dot, a millisecond off, or with another offset: differences of exactly 5:00 are common. */
const time = fc
  .record({
    minute: fc.nat({ max: 11 }),
    millisecond: fc.constantFrom(0, 0, 0, 1, 500),
    form: fc.constantFrom("UTC", "short", "offset"),
  })
  .map(({ minute, millisecond, form }) => {
    const iso = (hour: number) =>
      new Date(Date.parse(`${DAY}T00:00:00Z`) + (hour * 60 + minute) * 60_000 + millisecond);
    if (form === "offset") return iso(11).toISOString().replace("Z", "+01:00");
    const text = iso(10).toISOString();
    return form === "short" ? text.replace(".000Z", "Z") : text;
  });
const AHEAD = "2027-01-01T00:00:00Z";
const ANCIENT = "1970-01-01T00:00:00Z";

/** One learner by id, one by email, one by both. */
const LEARNERS = [
  { contactId: "one" },
  { email: " Two@Example.com" },
  { contactId: "three", email: "two@example.com" },
] as const;

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

const anyModule = fc.constantFrom(...SLUGS, UNLISTED);
const holder = fc.constantFrom(...SLUGS.slice(0, 3), UNLISTED);
const place = {
  course_slug: optional(holder),
  pathway_slug: optional(holder),
  enrollment_source: optional(fc.constantFrom("page", "email")),
};

const named = <T>(eventName: string, fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record({ eventName: fc.constant(eventName), fields: fc.record(fields) });

const completed = named("learning_module_completed", { module_slug: anyModule });
const otherFacts = [
  named("learning_module_started", { ...place, module_slug: anyModule }),
  named("learning_course_enrolled", { ...place, course_slug: holder }),
  named("learning_pathway_enrolled", { ...place, pathway_slug: holder }),
  named("learning_module_recommended", { module_slug: anyModule }),
  named("learning_page_viewed", { content_type: fc.constant("article"), slug: anyModule }),
];
const claims = [
  named("learning_course_completed", { course_slug: holder, completed_at: optional(time) }),
  named("learning_pathway_completed", { pathway_slug: holder, completed_at: optional(time) }),
];

type HistoryOptions = {
  learners?: number;
  /** About how many of ten events are claims. */
  claims?: number;
  /** Without it, one event of five can complete nothing. */
  onlyCompleting?: boolean;
  minLength?: number;
  maxLength?: number;
};

/** Events as clients send them; the same moment is common. Events that differ may have one id. */
export function anyHistory({
  learners = LEARNERS.length,
  claims: share = 0,
  onlyCompleting = false,
  minLength = 0,
  maxLength = 8,
}: HistoryOptions = {}): fc.Arbitrary<SentEvent[]> {
  const kind = fc.oneof(
    { weight: 20 - 2 * share, arbitrary: completed },
    ...(onlyCompleting ? [] : otherFacts.map((arbitrary) => ({ weight: 1, arbitrary }))),
    ...(share === 0 ? [] : claims.map((arbitrary) => ({ weight: share, arbitrary }))),
  );
  const event = fc.record({
    learner: fc.nat({ max: learners - 1 }),
    kind,
    ts: fc.oneof(
      { weight: 12, arbitrary: time },
      { weight: 1, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constant(AHEAD) },
      { weight: 1, arbitrary: fc.constant(ANCIENT) },
    ),
    hasId: fc.boolean(),
    inPayload: fc.boolean(),
  });
  return fc.array(event, { minLength, maxLength }).map((events) =>
    events.map(({ learner, kind: { eventName, fields: given }, ts, hasId, inPayload }, index): SentEvent => {
      const fields = Object.fromEntries(Object.entries({ ...given, ts }).filter(([, value]) => value !== undefined));
      return {
        eventName,
        ...(hasId && { eventId: `event-${index % 3}` }),
        contactIdentifier: { ...LEARNERS[learner] },
        ...(inPayload ? { payload: fields } : fields),
      };
    }),
  );
}

/** Gives an event's learner to one run of a property, so that runs share a table and nothing else. */
export function ofRun(run: string, event: SentEvent): SentEvent {
  const { contactId, email } = event.contactIdentifier;
  return {
    ...event,
    contactIdentifier: {
      ...(contactId !== undefined && { contactId: `${run}.${contactId}` }),
      ...(email !== undefined && { email: `${run}.${email.trim()} ` }),
    },
  };
}

/** How a history reaches the service. */
export type Delivery = {
  /** Each event's places in the order of arrival; more than one, and it arrives as often. */
  places: number[][];
  /** Whether a batch ends after so many arrivals. */
  cuts: boolean[];
};

export const anyDelivery = (maxLength = 8): fc.Arbitrary<Delivery> =>
  fc.record({
    places: fc.array(fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 2 }), { maxLength }),
    cuts: fc.array(fc.boolean(), { maxLength: 2 * maxLength }),
  });

/** Without a delivery of their own, events arrive once, in order, each alone. */
export function batchesOf<T>(events: readonly T[], { places, cuts }: Delivery): T[][] {
  const arrivals = events
    .flatMap((event, index) => (places[index] ?? [index]).map((place) => ({ event, place })))
    .sort((a, b) => a.place - b.place);
  const batches: T[][] = [[]];
  for (const [index, { event }] of arrivals.entries()) {
    batches.at(-1)?.push(event);
    if (cuts[index] !== false) batches.push([]);
  }
  return batches.filter((batch) => batch.length > 0);
}
