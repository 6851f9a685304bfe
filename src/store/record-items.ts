import type { Attempt } from "../model/attempt.ts";
import { camelKeys, snakeKeys } from "../model/case.ts";
import { decodeReview, type ReviewCard } from "../model/review.ts";
import type { Session } from "../model/session.ts";
import type { Item } from "./items.ts";
import { identityInKey } from "./keys.ts";

// A client's own data are kept as JSON text: DynamoDB has fewer numbers than JSON, and a limit to nesting, and its client
// takes no object with a field of the name "constructor".
// The identity is in the key.
export const attemptAttributes = ({ identity: _, completionData, answers, scores, ...attempt }: Attempt): Item => ({
  ...snakeKeys(attempt),
  ...(completionData !== undefined && { completion_data: JSON.stringify(completionData) }),
  ...(answers !== undefined && { answers: JSON.stringify(answers) }),
  ...(scores !== undefined && { scores: JSON.stringify(scores) }),
});

/** What such a text says; the text itself where it is no JSON. */
export const parsed = (text: unknown): unknown => {
  try {
    return JSON.parse(String(text));
  } catch {
    return text;
  }
};

export function attemptOf({ learner_id: _, record, completion_data: data, answers, scores, ...item }: Item): Attempt {
  return {
    ...(camelKeys(item) as unknown as Attempt),
    identity: identityInKey(record),
    ...(data !== undefined && { completionData: parsed(data) }),
    ...(answers !== undefined && { answers: parsed(answers) }),
    ...(scores !== undefined && { scores: parsed(scores) as Record<string, number> }),
  };
}

export const sessionOf = ({ learner_id: _, record: __, end_event_id: ___, ...item }: Item): Session =>
  camelKeys(item) as unknown as Session;

export const cardOf = ({ learner_id: _, record: __, reviews, ...item }: Item): ReviewCard => {
  const texts = reviews instanceof Set ? [...reviews].filter((text) => typeof text === "string") : [];
  const card = camelKeys(item) as unknown as Omit<ReviewCard, "reviews">;
  return { ...card, reviews: texts.flatMap((text) => decodeReview(text) ?? []) };
};
