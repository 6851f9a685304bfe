import { catalogOf } from "../../support/builders/catalogs.ts";
import { at } from "../../support/builders/times.ts";
import { completedAt, flag, type Row } from "../../support/processes/backfill.ts";

export const CONTENT = {
  "courses/ruby.json": { slug: "ruby", modules: ["strings", "arrays", { slug: "extras", optional: true }] },
  "courses/git.json": { slug: "git", modules: ["commits"] },
  "pathways/full-stack.json": { slug: "full-stack", courses: ["ruby", "git"], modules: ["welcome"] },
};
export const CATALOG = catalogOf(CONTENT);

const now = { catalog_version: CATALOG.version };
const module = (learner: string, slug: string, clock: string): Row => [
  learner,
  `MODULE#${slug}`,
  completedAt(at(clock)),
];

/** Has all of ruby; nothing is flagged. */
export const missing = (learner: string): Row[] => [
  module(learner, "strings", "10:00"),
  module(learner, "arrays", "11:00"),
];

/** Has everything; nothing is flagged, and the enrolment in git stays as it is. */
export const missingAll = (learner: string): Row[] => [
  ...missing(learner),
  module(learner, "commits", "10:30"),
  module(learner, "welcome", "08:00"),
  [learner, "COURSE#git", { enrolled_at: at("07:00"), enrollment_source: "home", started_at: at("07:00") }],
];

/** Flagged with ruby, and with the pathway that needs it, without the facts. */
export const unsupported = (learner: string): Row[] => [
  module(learner, "strings", "10:00"),
  module(learner, "welcome", "10:00"),
  [learner, "COURSE#ruby", flag(at("10:00"), { ...now, event_id: "e1", claimed_at: at("10:01") })],
  [learner, "PATHWAY#full-stack", { enrolled_at: at("07:00"), enrollment_source: null, ...flag(at("10:00")) }],
];

export const right = (learner: string): Row[] => [
  ...missing(learner),
  [learner, "COURSE#ruby", flag(at("11:00"), { ...now, event_id: "e1" })],
  [learner, "PROFILE", { viewed_at: at("09:00"), content_type: "article", slug: "strings" }],
];

/** Flagged at another time than the facts give. */
export const wrongTime = (learner: string): Row[] => [
  ...missing(learner),
  [learner, "COURSE#ruby", flag(at("11:30"), { ...now, event_id: "e1" })],
];

/** As `wrongTime`, but it was earned under an older catalog, and so keeps its time. */
export const olderCatalog = (learner: string): Row[] => [
  ...missing(learner),
  [learner, "COURSE#ruby", flag(at("11:30"))],
];

/** Flagged with a course that the catalog no longer has. */
export const courseGone = (learner: string): Row[] => [[learner, "COURSE#cobol", flag(at("10:00"))]];

/** One faulty item of each kind. */
export const badData = (learner: string): Row[] => [
  module(learner, "strings", "10:00"),
  [learner, "MODULE#arrays", { completed_at: "yesterday" }],
  [learner, "COURSE#ruby", { completed: "yes", started_at: 17 }],
  [learner, "COURSE#git", { completed: true, completed_at: "2026-02-30T10:00:00.000Z", completion_source: "magic" }],
  [learner, "LESSON#one", { completed_at: at("10:00") }],
];

/** A learner of each kind, `name-kind`. */
export const everyKind = (name: string): Row[] =>
  Object.entries({ missing, missingAll, unsupported, right, wrongTime, olderCatalog, courseGone }).flatMap(
    ([kind, rows]) => rows(`${name}-${kind}`),
  );
