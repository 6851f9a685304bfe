import type { EntityType } from "../../model/entity.ts";
import type { Rating } from "../../model/review.ts";
import { type Timestamp, toTimestamp } from "../../model/time.ts";

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

export type SampleEvent = {
  eventName: string;
  eventId: string;
  contactIdentifier: { contactId: string };
  payload: { ts: Timestamp; [field: string]: unknown };
};

/** What a learner did, told beside the events, so that what comes of them can be held to it. */
export type Truth = {
  enrolled: { type: EntityType; slug: string; at: Timestamp }[];
  started: { module: string; at: Timestamp }[];
  /** Each time that a module was done. */
  done: { module: string; at: Timestamp }[];
  attempts: {
    module: string;
    task: string;
    at: Timestamp;
    score: number;
    passed: boolean;
    right: string[];
    asked: string[];
  }[];
  data: { module: string; at: Timestamp; field: string; value: number | string | boolean }[];
  sessions: { start: Timestamp; end: Timestamp }[];
  reviews: { module: string; item: string; at: Timestamp; rating: Rating }[];
};

/** One learner: what pages would have sent, up to a moment. */
export class Life {
  readonly learnerId: string;
  readonly events: SampleEvent[] = [];
  readonly truth: Truth = { enrolled: [], started: [], done: [], attempts: [], data: [], sessions: [], reviews: [] };
  readonly #until: number;

  constructor(learnerId: string, until: number) {
    this.learnerId = learnerId;
    this.#until = until;
  }

  /** Adds an event, if it is not later than the end. @returns its time, where it was added */
  send(name: string, at: number, fields: Record<string, unknown>): Timestamp | undefined {
    if (at > this.#until) return undefined;
    const ts = toTimestamp(Math.floor(at));
    this.events.push({
      eventName: `learning_${name}`,
      eventId: `${this.learnerId}-${this.events.length}`,
      contactIdentifier: { contactId: this.learnerId },
      payload: { ...fields, ts },
    });
    return ts;
  }

  enrol(type: "course" | "pathway", slug: string, at: number, source: string): void {
    const ts = this.send(`${type}_enrolled`, at, { [`${type}_slug`]: slug, enrollment_source: source });
    if (ts) this.truth.enrolled.push({ type, slug, at: ts });
  }
}
