import type { Progress } from "../../model/progress.ts";
import type { ReviewCard } from "../../model/review.ts";
import type { Session } from "../../model/session.ts";
import type { Timestamp } from "../../model/time.ts";
import type { ToldAttempt } from "../../service/read/voided-attempts.ts";
import type { RowOf } from "../tables/define-table.ts";
import type { dimLearner } from "../tables/learner-tables.ts";

type Told = {
  lastViewedAt: Timestamp | undefined;
  attempts: readonly ToldAttempt[];
  sessions: readonly Session[];
  cards: readonly ReviewCard[];
};

/** When a learner did something: what others decided or recommended is none of it, nor is what is void. */
export function activityOf(progress: Progress, told: Told): Omit<RowOf<typeof dimLearner>, "learner"> {
  const enrolled = [...progress.course.values(), ...progress.pathway.values()].map(({ facts }) => facts.enrolledAt);
  const enrolments = extentOf(enrolled);
  const activity = extentOf([...enrolled, ...timesOfProgress(progress), ...timesOfHistory(told), told.lastViewedAt]);
  return {
    first_enrolled_at: enrolments.first ?? null,
    first_activity_at: activity.first ?? null,
    last_activity_at: activity.last ?? null,
  };
}

type MaybeTime = Timestamp | undefined;

const timesOfProgress = ({ module, course, pathway }: Progress): MaybeTime[] => [
  ...[...course.values(), ...pathway.values()].map(({ facts }) => facts.startedAt),
  ...[...module.values()].flatMap(({ facts: { startedAt, tasks = [], scores = [], steps = [], marks = [] } }) => [
    startedAt,
    ...[...tasks, ...scores, ...steps, ...marks].map(({ at }) => at),
  ]),
];

const timesOfHistory = ({ attempts, sessions, cards }: Told): MaybeTime[] => [
  ...attempts
    .filter(({ kind, voided, refused }) => kind !== "decision" && voided === undefined && !refused)
    .map(({ occurredAt }) => occurredAt),
  ...sessions.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]),
  ...cards.flatMap(({ reviews }) => reviews.map(({ at }) => at)),
];

/** The first and the last of times. */
function extentOf(times: readonly MaybeTime[]): { first: MaybeTime; last: MaybeTime } {
  let [first, last]: MaybeTime[] = [];
  for (const at of times) {
    if (at === undefined) continue;
    if (first === undefined || at < first) first = at;
    if (last === undefined || at > last) last = at;
  }
  return { first, last };
}
