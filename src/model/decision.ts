import type { EntityRef, HolderType } from "./entity.ts";
import type { LearnerId } from "./learner.ts";
import type { Timestamp } from "./time.ts";

/** What kinds of decisions people take. */
export const DECISION_KINDS = ["waiver", "grant", "void", "reset", "link"] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** What was decided. `withdrawn` takes back what was decided so before. */
export type Decided =
  /** An entity counts as complete; since `completedAt`, where the completion was brought along from elsewhere. */
  | { kind: "waiver"; entity: EntityRef; completedAt?: Timestamp | undefined; withdrawn?: true | undefined }
  /** So many attempts more at a task. */
  | { kind: "grant"; moduleSlug: string; taskSlug: string; count: number }
  /** What the events of an id stated counts no longer. */
  | { kind: "void"; voids: string; withdrawn?: true | undefined }
  /** What was done before counts no longer for this course or pathway. */
  | { kind: "reset"; entity: EntityRef<HolderType> }
  /** Another id is this learner's. */
  | { kind: "link"; alias: LearnerId; withdrawn?: true | undefined };

/**
 * That an answer was graded once more, by the quiz of another day. It counts in place of the grade that the answer was
 * given when it came, which stays in the history.
 */
type GradedAnew = {
  kind: "grade";
  /** The event of the answer, as its sender calls it, and itself. */
  answerId: string;
  answer: string;
  answeredAt: Timestamp;
  moduleSlug: string;
  taskSlug: string;
  /** What the answer was graded when it came. */
  firstScore: number;
  score: number;
  questions: { id: string; correct: boolean; points: number }[];
  quizVersion: string;
};

type Stated = {
  /** The event that brought it, as its sender calls it, and itself. */
  eventId: string;
  identity: string;
  at: Timestamp;
  receivedAt: Timestamp;
  /** Who decided: the subject of the token, or a name for senders without one. */
  by: string;
  reason: string;
};

/** What a person with the right to do so said of a learner's facts, when, and why. It is kept like a fact. */
export type Taken = Decided & Stated;
export type Regrade = GradedAnew & Stated;
/** What was decided of a learner's facts, by people or by a run that an operator began. */
export type Decision = Taken | Regrade;

export type Waiver = Extract<Decision, { kind: "waiver" }>;
export type Void = Extract<Decision, { kind: "void" }>;
export type Grant = Extract<Decision, { kind: "grant" }>;
export type Reset = Extract<Decision, { kind: "reset" }>;

/** The decisions of one kind. */
export const ofKind = <Kind extends Decision["kind"]>(
  decisions: readonly Decision[],
  kind: Kind,
): Extract<Decision, { kind: Kind }>[] =>
  decisions.filter((decision): decision is Extract<Decision, { kind: Kind }> => decision.kind === kind);

/** Whether somebody took back what a decision said. */
export const isWithdrawal = (decision: Decision): boolean => "withdrawn" in decision && decision.withdrawn === true;
