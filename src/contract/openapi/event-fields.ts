type FieldText = {
  description: string;
  example: unknown;
  /** Whether examples of events have it though it may be left out. */
  isShown?: true;
};

/** What a reader is told of an event's fields. One that is missing here has its schema alone. */
export const FIELDS: Record<string, FieldText> = {
  ts: { description: "When it happened; else the time of receipt", example: "2026-01-18T10:15:00Z", isShown: true },
  course_slug: { description: "The course, or the one in which it happened", example: "ruby" },
  pathway_slug: { description: "The pathway, or the one in which it happened", example: "full-stack" },
  module_slug: { description: "The module", example: "ruby-strings" },
  enrollment_source: { description: "Where an enrolment came from", example: "course_page" },
  step: { description: "The step of the module that is done", example: "breathing" },
  task_slug: { description: "The task of the module", example: "quiz-1" },
  score: { description: "The task's score; one of score, attested and answers", example: 80, isShown: true },
  attested: { description: "That the task is done; one of score, attested and answers", example: true },
  answers: {
    description: "What was answered, by question; one of score, attested and answers",
    example: { "question-1": "b" },
  },
  scores: { description: "Scores by component", example: { quiz: 80 } },
  completion_data: { description: "What the completion left behind, as the module's schema has it", example: {} },
  completed_at: { description: "The time that is claimed; else ts", example: "2026-01-18T10:15:00Z" },
  content_type: { description: "What was viewed", example: "module" },
  slug: { description: "Which one was viewed", example: "ruby-strings" },
  session_id: { description: "The sender's own id of the session", example: "session-1" },
  session_type: { description: "What kind of session", example: "study" },
  source: { description: "Where the session came from", example: "home_page" },
  language: { description: "The language that is learned or spoken", example: "en" },
  items_studied: { description: "How many items were studied", example: 12 },
  items_correct: { description: "How many of them were right", example: 9 },
  item_id: { description: "The item that was reviewed", example: "hola" },
  reason: { description: "Why it was decided so", example: "Has done it elsewhere" },
  withdrawn: { description: "Takes back what was decided so before", example: true },
  as: { description: "Of a completion that was brought along from elsewhere, with completed_at", example: "imported" },
  count: { description: "So many attempts more", example: 1 },
  event_id: { description: "The event that counts no longer", example: "0199f2b4-6f0e-7c3a-9d6e-2f1f7a1c9b10" },
  rating: { description: "How well the learner knew it", example: "good" },
};
