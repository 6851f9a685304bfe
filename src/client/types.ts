// What the client's callers see. This file imports nothing, because it is also what `dist/client/waymark.d.ts` consists
// of; tests/client/types.test.ts holds it to the service's own schemas.

/** A score from 0 to 100, or points on another scale. */
export type Score = number | { raw: number; min: number; max: number };

/** What may stand in every event. */
type Context = {
  course_slug?: string | undefined;
  pathway_slug?: string | undefined;
  enrollment_source?: string | undefined;
  /** When it happened, where that is not now: ISO 8601. */
  ts?: string | undefined;
};
type OfModule = { module_slug: string };

/** What each event needs besides who, when and its id, which the client adds. */
export type EventFields = {
  learning_pathway_enrolled: { pathway_slug: string };
  learning_course_enrolled: { course_slug: string };
  learning_module_recommended: OfModule;
  learning_module_started: OfModule;
  learning_module_progressed: OfModule & { step: string };
  learning_task_submitted: OfModule & {
    task_slug: string;
    /** One of score, attested and answers. */
    score?: Score | undefined;
    attested?: true | undefined;
    answers?: Record<string, unknown> | { id: string; value: unknown }[] | undefined;
  };
  learning_module_scored: OfModule & { scores: Record<string, Score> };
  learning_module_completed: OfModule & { completion_data?: unknown };
  learning_course_completed: { course_slug: string; completed_at?: string | undefined };
  learning_pathway_completed: { pathway_slug: string; completed_at?: string | undefined };
  learning_page_viewed: { content_type: string; slug: string };
  learning_session_started: {
    session_id: string;
    session_type: string;
    module_slug?: string | undefined;
    source?: string | undefined;
    language?: string | undefined;
  };
  learning_session_ended: {
    session_id: string;
    session_type: string;
    items_studied?: number | undefined;
    items_correct?: number | undefined;
  };
  learning_item_reviewed: OfModule & { item_id: string; rating: "again" | "hard" | "good" | "easy" };
};
export type EventName = keyof EventFields;
export type Fields<Name extends EventName> = EventFields[Name] & Context;

/** `needed` of `total` make it complete, and `short_by` of them are not done yet. */
export type Progress = { completed: number; total: number; needed: number; short_by: number };
export type EntityType = "module" | "course" | "pathway";
/** Something that stands between the learner and a completion. */
export type Missing = { type: string; slug: string; title?: string; [member: string]: unknown };
/** One part of a course or pathway. */
export type Entry = {
  type: EntityType;
  slug: string;
  title?: string;
  optional: boolean;
  completed: boolean;
  locked: boolean;
  from?: string | null;
  until?: string | null;
};
export type Holder = {
  slug: string;
  title?: string;
  status?: string;
  completed: boolean;
  completed_at: string | null;
  expires_at?: string | null;
  progress: Progress;
  locked?: boolean;
  entries?: Entry[];
  missing?: Missing[];
  [member: string]: unknown;
};
export type Module = {
  slug: string;
  title?: string;
  status: string;
  completed_at: string | null;
  progress_percentage?: number;
  locked?: boolean;
  missing?: Missing[];
  [member: string]: unknown;
};
export type Summary = { courses: Holder[]; pathways: Holder[]; modules: Record<string, Module> };
export type SummaryOptions = { courses?: readonly string[]; pathways?: readonly string[] };

/** What the service says is wrong: an RFC 9457 problem with a stable `code`. */
export type Problem = { code: string; title?: string; detail?: string; missing?: Missing[]; [member: string]: unknown };
export type Warning = { code: string; message: string };
export type Outcome = Pick<Holder, "slug" | "title" | "completed" | "completed_at" | "progress"> & {
  newly_completed: boolean;
};
export type Accepted = {
  status: "accepted";
  event_id: string;
  learner_id: string;
  module: Module | null;
  courses: Outcome[];
  pathways: Outcome[];
  warnings: Warning[];
  [member: string]: unknown;
};
export type Refused = { status: "refused"; event_id: string | null; error: Problem; [member: string]: unknown };
export type Result = Accepted | Refused;

/** How an event or a read was refused. */
export type WaymarkError = Error & { code: string; missing: Missing[]; problem: Problem };

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
  track<Name extends EventName>(name: Name, fields: Fields<Name>): Promise<Accepted | undefined>;
  course(slug: string): Promise<Holder>;
  pathway(slug: string): Promise<Holder>;
  module(slug: string): Promise<Module>;
  summary(options?: SummaryOptions): Promise<Summary>;
  progress(): Promise<Record<string, unknown>>;
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
