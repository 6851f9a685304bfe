import { boolean, defineTable, integer, learner, number, text, time } from "./define-table.ts";

const attempt = text("the record, hashed: what joins a record with its answers and data");
const event = text("what its sender called the event, hashed, since pages may put a learner's id into it");
const received = time("when we first received it; null where an earlier release did not keep that");
const isVoid = boolean("whether somebody decided that it counts no longer");

export const factAttempt = defineTable({
  name: "fact_attempt",
  kind: "learner",
  about: "What a learner sent of a module, or claimed, and was taken: a task, scores, a completion, a claim",
  columns: {
    learner,
    attempt,
    event,
    kind: text("task, score, completion or claim"),
    occurred_at: time("when it happened"),
    received_at: received,
    catalog_version: text("the catalog that it was judged by; null where an earlier release did not keep that"),
    module: text("the module's slug; null for a claim of a course or pathway"),
    course: text("the course that it names"),
    pathway: text("the pathway that it names"),
    task: text("the task's slug"),
    score: number("0 to 100, by its newest grade"),
    first_score: number("by the grade that it was given when it came"),
    is_passed: boolean("whether the score reaches the task's mark of today; null without one"),
    attested: boolean("of a lab: whether it was attested"),
    questions_right: integer("of a quiz: how many questions were right"),
    questions_total: integer("of how many"),
    quiz_version: text("a hash of the quiz that graded it"),
    is_void: isVoid,
  },
});

export const factQuestionAnswer = defineTable({
  name: "fact_question_answer",
  kind: "learner",
  about: "A question of a quiz that a learner answered, or left out",
  columns: {
    learner,
    attempt,
    occurred_at: time("when the quiz was sent"),
    module: text("the module's slug"),
    task: text("the task's slug"),
    question: text("the question's id"),
    is_right: boolean("whether it was right, by the newest grade"),
    points: number("what it gave"),
    quiz_version: text("a hash of the quiz that graded it"),
    answer: text("what was chosen, as JSON; written only with --with-text"),
    is_void: isVoid,
  },
});

export const factCompletionData = defineTable({
  name: "fact_completion_data",
  kind: "learner",
  about: "One value of the data that came with a completion; a list has a row for each value",
  columns: {
    learner,
    attempt,
    occurred_at: time("when it happened"),
    module: text("the module's slug"),
    field: text("the field, dotted where it lies in another"),
    number: number("its value, where that is a number"),
    text: text("its value, where that is a text that the module's schema lists as an enum; any text with --with-text"),
    boolean: boolean("its value, where that is true or false"),
    is_void: isVoid,
  },
});

export const factClaimRefused = defineTable({
  name: "fact_claim_refused",
  kind: "learner",
  about: "A completion that was claimed and refused, and has not been accepted since",
  columns: {
    learner,
    attempt,
    event,
    occurred_at: time("when it is said to have happened"),
    received_at: received,
    catalog_version: text("the catalog that it was judged by"),
    entity_type: text("module, course or pathway"),
    entity: text("its slug"),
    code: text("why, as the answer's code"),
    reason: text("why, in words of ours"),
  },
});

export const factDecision = defineTable({
  name: "fact_decision",
  kind: "learner",
  about: "What somebody with the right to do so decided about a learner, or a regrade changed",
  columns: {
    learner,
    decision: text("the decision, hashed"),
    event,
    kind: text("waiver, grant, void, reset, link or grade"),
    decided_at: time("when"),
    received_at: received,
    decided_by: text("who decided, hashed"),
    entity_type: text("what it is about: module, course or pathway; null for a void and a link"),
    entity: text("its slug"),
    task: text("of a grant or grade: the task"),
    count: integer("of a grant: how many attempts more"),
    score_before: number("of a grade: the first score"),
    score_after: number("of a grade: the new one"),
    is_withdrawal: boolean("whether it takes back what was decided so before"),
    is_void: isVoid,
    reason: text("why; people write names there, so it is written only with --with-text"),
  },
});

export const factSession = defineTable({
  name: "fact_session",
  kind: "learner",
  about: "A stretch of learning",
  columns: {
    learner,
    session: text("the session's id, hashed, since pages may put a learner's id into it"),
    session_type: text("as the page calls it"),
    is_automatic: boolean("whether we made it from a module's start and completion"),
    module: text("the module's slug, where it is about one"),
    source: text("where it was begun, as the page says"),
    language: text("as the page says"),
    started_at: time("its start; null where only its end came"),
    ended_at: time("its end; null where none came"),
    received_at: received,
    duration_seconds: integer("from start to end; null without both"),
    items_studied: integer("as the page says"),
    items_correct: integer("as the page says"),
  },
});

export const factReview = defineTable({
  name: "fact_review",
  kind: "learner",
  about: "A review of a card",
  columns: {
    learner,
    review: text("the review, hashed"),
    reviewed_at: time("when"),
    received_at: received,
    module: text("the module that brought the card"),
    item: text("the card's id"),
    rating: text("again, hard, good or easy"),
  },
});

export const factReviewCard = defineTable({
  name: "fact_review_card",
  kind: "learner",
  about: "A card that a learner reviews",
  columns: {
    learner,
    module: text("the module that brought it"),
    item: text("the card's id"),
    created_at: time("when the module was completed; null where a review came first"),
    due_at: time("when it is due next"),
    reviews: integer("how often it was reviewed"),
    last_reviewed_at: time("when last; null for never"),
  },
});
