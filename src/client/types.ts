import type {
  AcceptedEvent,
  EventFields,
  LearnerHolder,
  LearnerModule,
  LearnerProgress,
  LearnerSummary,
  Missing,
  Problem,
} from "../contract/index.ts";

// What goes over the wire is the contract's. The client's callers have no schemas, and so the build writes these types out
// where it makes `dist/client/waymark.d.ts`.
export type {
  AcceptedEvent,
  EventFields,
  LearnerHolder,
  LearnerModule,
  LearnerProgress,
  LearnerSummary,
  Missing,
  Problem,
};

export type EventName = keyof EventFields;
export type SummaryOptions = { courses?: readonly string[]; pathways?: readonly string[] };

/** What the service says is wrong. Where something else answered in its place, `code` alone: `HTTP_` and the status. */
export type Reason = Partial<Omit<Problem, "code">> & { code: string };
/** What became of an event, in the order of answers. */
export type Result = AcceptedEvent | { status: "refused"; event_id: string | null; error: Reason };
/** How an event or a read was refused. */
export type WaymarkError = Error & { code: string; missing: Missing[]; problem: Reason };

/** `expired` asks for a new token, because the service no longer takes the last one. */
export type Why = "first" | "expired";
export type Options = {
  /** Where Waymark answers, such as `https://learn.example.com`. */
  url: string;
  /** Who learns: the id that the service knows this person by. */
  learner: string;
  /** Gives the learner's token, which is kept in memory alone. A service that is open takes none. */
  token?: string | ((why: Why) => string | Promise<string>);
  /** `false` where the learner's consent is still to come: until `enable()`, nothing is kept or sent. */
  enabled?: boolean;
};

export type Waymark = {
  /**
   * Records what the learner did, and keeps it until the service has answered.
   * @returns the service's answer, however long that takes; undefined without consent and after `signOut()`
   * @throws WaymarkError when the service refuses the event
   */
  track<Name extends EventName>(name: Name, fields: EventFields[Name]): Promise<AcceptedEvent | undefined>;
  course(slug: string): Promise<LearnerHolder>;
  pathway(slug: string): Promise<LearnerHolder>;
  module(slug: string): Promise<LearnerModule>;
  summary(options?: SummaryOptions): Promise<LearnerSummary>;
  progress(): Promise<LearnerProgress>;
  /** Hears every answer to this learner's events, of this tab and of others. @returns a function that ends it */
  subscribe(listener: (result: Result) => void): () => void;
  /** So many events of this learner wait for an answer, in all tabs. */
  readonly pending: number;
  /** Tries now to send what waits. @returns how many wait after that */
  flush(): Promise<number>;
  /** Sends what it can, keeps the rest for this learner's next visit, and ends. */
  signOut(): Promise<void>;
  /** The learner has agreed: from now on events are kept and sent. */
  enable(): void;
};
