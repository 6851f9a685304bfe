import type { Attempt } from "../attempt.ts";
import type { Decided } from "../decision.ts";
import type { EntityRef } from "../entity.ts";
import type { Fact, View } from "../progress.ts";
import type { Review, ReviewCard } from "../review.ts";
import type { Session } from "../session.ts";
import type { Source } from "../source.ts";
import type { Timestamp } from "../time.ts";

/** That an entity is complete, and since when. It is checked, never believed. */
export type Claim = { claimed: EntityRef; claimedAt: Timestamp /** The event that claims it. */; source?: Source };

/**
 * When an event's learner is read and settled, and whether the answer then names courses and pathways:
 * - "always": for every such event, because its answer names what it concerns, complete or not;
 * - "on completion": only where what it states completes a module, or may have done so before;
 * - "never": it completes nothing, so it costs its write alone.
 */
export type Settles = "always" | "on completion" | "never";

/** A name that the definition of the event's module should know. What it does not know is kept, with a warning. */
export type Name = { of: "task" | "step" | "component" | "item"; name: string };

/** A result on the sender's own word: content may ask for a trusted sender. */
export type Assertion = { of: "task"; taskSlug: string; isAttested: boolean } | { of: "score" };

/**
 * All that one event says, told without its name. Whoever works with events asks for these parts, so that an event of a
 * new kind needs no change outside its own file.
 */
export type Statement = {
  /** What it adds to the learner's progress; nothing where it is judged as a claim. */
  facts: Fact[];
  /** `when: "conditional"` is a claim only where the catalog gives the entity conditions; elsewhere its facts count. */
  claim: (Claim & { when: "always" | "conditional" }) | undefined;
  settles: Settles;
  /** Whether it is refused while its module is locked by an enforced order. */
  followsOrder: boolean;
  names: Name[];
  assertion: Assertion | undefined;
  /** Scores as they were sent: one above 100 counts as 100. */
  sentScores: number[];
  /** The task whose limit of attempts it counts against. */
  limitedBy: string | undefined;
  /** To be graded against the module's quiz; the score then stands in the event as `score`. */
  answers: Record<string, unknown> | undefined;
  /** To be checked against the schema that the module has for such data. */
  completionData: unknown;

  // What the history keeps of it.
  attempt: Attempt | undefined;
  sessionStart: (Session & { startedAt: Timestamp }) | undefined;
  sessionEnd: (Session & { endedAt: Timestamp }) | undefined;
  review: { card: Pick<ReviewCard, "moduleSlug" | "itemId">; review: Review } | undefined;
  view: View | undefined;
  /** What a person decided, and why. */
  decision: (Decided & { reason: string }) | undefined;
  /** Events of one lane are kept one after the other, because each is told of those before it; undefined is a lane of its own. */
  lane: string | undefined;
};
