import type { EntityRef, HolderType } from "./entity.ts";
import type { Timestamp } from "./time.ts";

/** What kinds of decisions there are. */
export const DECISION_KINDS = ["waiver", "grant", "void", "reset"] as const;
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
  | { kind: "reset"; entity: EntityRef<HolderType> };

/** What a person with the right to do so said of a learner's facts, when, and why. It is kept like a fact. */
export type Decision = Decided & {
  /** The event that brought it, as its sender calls it, and itself. */
  eventId: string;
  identity: string;
  at: Timestamp;
  receivedAt: Timestamp;
  /** Who decided: the subject of the token, or a name for senders without one. */
  by: string;
  reason: string;
};

export type Waiver = Extract<Decision, { kind: "waiver" }>;
export type Void = Extract<Decision, { kind: "void" }>;
export type Grant = Extract<Decision, { kind: "grant" }>;
export type Reset = Extract<Decision, { kind: "reset" }>;

/** The decisions of one kind. */
export const ofKind = <Kind extends DecisionKind>(
  decisions: readonly Decision[],
  kind: Kind,
): Extract<Decision, { kind: Kind }>[] =>
  decisions.filter((decision): decision is Extract<Decision, { kind: Kind }> => decision.kind === kind);

/** Whether somebody took back what a decision said. */
export const isWithdrawal = (decision: Decision): boolean => "withdrawn" in decision && decision.withdrawn === true;
