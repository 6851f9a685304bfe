import type { EntityType } from "../entity.ts";
import { encodeReceipt, type Fact, type Facts } from "../progress.ts";
import type { Timestamp } from "../time.ts";

/** A fact of the entity that an event names; none where it names none. */
export const fact = (type: EntityType, slug: string | undefined, facts: Facts): Fact[] =>
  slug === undefined ? [] : [{ entity: { type, slug }, facts }];

type Enrolling = {
  at: Timestamp;
  receivedAt: Timestamp;
  courseSlug?: string | undefined;
  pathwaySlug?: string | undefined;
  enrollmentSource?: string | undefined;
};

/** The enrolment in the course and the pathway that an event names. */
export function enrolments(event: Enrolling, also: Facts = {}): Fact[] {
  const facts = {
    enrolledAt: event.at,
    enrollmentSource: event.enrollmentSource ?? null,
    enrollmentReceipt: encodeReceipt(event.at, event.receivedAt),
    ...also,
  };
  return [...fact("course", event.courseSlug, facts), ...fact("pathway", event.pathwaySlug, facts)];
}
