import * as z from "zod";
import { Slug } from "../model/slug.ts";

const Text = z.string().min(1);
const Option = z.union([Text, z.object({ id: Text }).transform(({ id }) => id)], {
  error: "Expected a text, or an object with id",
});
const CHOICES = {
  single: "single",
  single_choice: "single",
  multiple: "multiple",
  multiple_choice: "multiple",
} as const;

const Question = z
  .object({
    id: Slug,
    type: z.enum(Object.keys(CHOICES) as (keyof typeof CHOICES)[]).transform((type) => CHOICES[type]),
    options: z.array(Option).min(2),
    correct_answer: z.union([Text.transform((answer) => [answer]), z.array(Text).min(1)], {
      error: "Expected an option, or a list of options",
    }),
    points: z.number().positive().default(1),
  })
  .superRefine(({ type, options, correct_answer: correct }, context) => {
    const fault = (message: string) => context.addIssue({ code: "custom", path: ["correct_answer"], message });
    // A fault does not quote: anyone may see it.
    for (const [index, answer] of correct.entries())
      if (!options.includes(answer)) fault(`Answer ${index + 1} is not among the options`);
    if (type === "single" && correct.length > 1) fault("A single choice has one correct answer");
    if (new Set(options).size < options.length)
      context.addIssue({ code: "custom", path: ["options"], message: "An option is there twice" });
  });

/** What a learner is told of their answers: which questions were right, the score alone, or neither. */
export const FEEDBACK = ["questions", "score", "none"] as const;
export type Feedback = (typeof FEEDBACK)[number];

/** modules/<slug>/quiz.json. It holds the correct answers, so it never leaves the service. */
export const QuizFile = z
  .object({
    questions: z.array(Question).min(1),
    passing_score: z.number().min(0).max(100).optional(),
    feedback: z.enum(FEEDBACK).optional(),
  })
  .superRefine(({ questions }, context) => {
    for (const [index, { id }] of questions.entries())
      if (questions.findIndex((question) => question.id === id) < index)
        context.addIssue({
          code: "custom",
          path: ["questions", index, "id"],
          message: `The question ${id} is there twice`,
        });
  })
  .transform(({ questions, passing_score, feedback }) => ({
    passingScore: passing_score,
    ...(feedback && { feedback }),
    questions: questions.map(({ id, type, correct_answer, points }) => ({ id, type, correct: correct_answer, points })),
  }));

export type Quiz = z.infer<typeof QuizFile>;
