import type { Attempt, AttemptKind } from "../model/attempt.ts";
import { camelKeys, snakeKeys } from "../model/case.ts";
import { decodeReview, type Review, type ReviewCard } from "../model/review.ts";
import type { Session } from "../model/session.ts";
import { isTimestamp, type Timestamp } from "../model/time.ts";
import type { Item } from "./items.ts";
import { identityInKey } from "./keys.ts";

// What attempts of each kind were called once.
const FORMERLY: Partial<Record<AttemptKind, string>> = {
  task: "task_submitted",
  score: "module_scored",
  completion: "module_completed",
};

/** How attempts of a kind are told in their items. */
export const namesOfKind = (kind: AttemptKind): string[] => [kind, ...(FORMERLY[kind] ? [FORMERLY[kind]] : [])];

const kindNamed = (name: unknown): AttemptKind =>
  (Object.keys(FORMERLY) as AttemptKind[]).find((kind) => FORMERLY[kind] === name) ?? (name as AttemptKind);

const asText = (name: string, value: unknown): Item => (value === undefined ? {} : { [name]: JSON.stringify(value) });

// A client's own data are kept as JSON text: DynamoDB has fewer numbers than JSON, and a limit to nesting, and its client
// takes no object with a field of the name "constructor".
export const attemptAttributes = ({
  identity: _,
  statedAt: __,
  completionData,
  answers,
  questions,
  scores,
  changes,
  ...attempt
}: Attempt): Item => ({
  // The identity is in the key.
  ...snakeKeys(attempt),
  // What came with a refused claim is not among what completions came with.
  ...asText(attempt.refused ? "refused_data" : "completion_data", completionData),
  ...asText("answers", answers),
  ...asText("questions", questions),
  ...asText("scores", scores),
  ...asText("changes", changes),
});

/** What such a text says; the text itself where it is no JSON. */
export const parsed = (text: unknown): unknown => {
  try {
    return JSON.parse(String(text));
  } catch {
    return text;
  }
};

/**
 * What stands at the key that an attempt would have at the time which its event gives itself, where that lay ahead and the
 * attempt is kept at another time: so the same event finds its key taken when it comes again and its time is credible.
 * That of a refused claim gives way to the claim once it is accepted.
 */
export const keptElsewhere = ({ occurredAt, refused }: Attempt): Item => ({
  kept_at: occurredAt,
  ...(refused && { refused }),
});
/** When the attempt happened that such an item stands for; undefined for an attempt itself. */
export const keptAt = (item: Item | undefined): Timestamp | undefined =>
  isTimestamp(item?.kept_at) ? item.kept_at : undefined;

export function attemptOf(item: Item): Attempt {
  const {
    learner_id: _,
    record,
    kind,
    completion_data,
    refused_data,
    answers,
    questions,
    scores,
    changes,
    ...rest
  } = item;
  const data = completion_data ?? refused_data;
  return {
    ...(camelKeys(rest) as unknown as Attempt),
    identity: identityInKey(record),
    kind: kindNamed(kind),
    ...(data !== undefined && { completionData: parsed(data) }),
    ...(answers !== undefined && { answers: parsed(answers) }),
    ...(questions !== undefined && { questions: parsed(questions) as NonNullable<Attempt["questions"]> }),
    ...(changes !== undefined && { changes: parsed(changes) as NonNullable<Attempt["changes"]> }),
    ...(scores !== undefined && { scores: parsed(scores) as Record<string, number> }),
  };
}

export const sessionOf = ({ learner_id: _, record: __, end_event_id: ___, ...item }: Item): Session =>
  camelKeys(item) as unknown as Session;

/** In front of a review's identity, where its card says when it was first received. No other attribute has a space. */
const RECEIVED = "received ";

/** When a review was received, as an attribute of its card that is written once. */
export const receiptAttribute = ({ identity, receivedAt }: Review): Item =>
  receivedAt === undefined ? {} : { [RECEIVED + identity]: receivedAt };

const withReceipt = (item: Item, review: Review): Review => {
  const receivedAt = item[RECEIVED + review.identity];
  return isTimestamp(receivedAt) ? { ...review, receivedAt } : review;
};

export const cardOf = ({ learner_id: _, record: __, reviews, ...item }: Item): ReviewCard => {
  const texts = reviews instanceof Set ? [...reviews].filter((text) => typeof text === "string") : [];
  const named = Object.fromEntries(Object.entries(item).filter(([name]) => !name.startsWith(RECEIVED)));
  const card = camelKeys(named) as unknown as Omit<ReviewCard, "reviews">;
  const found = eachOnce(texts.flatMap((text) => decodeReview(text) ?? []));
  return { ...card, reviews: found.map((review) => withReceipt(item, review)) };
};

/** One review of each event: where its time was believed only when it came again, the time of first receipt stands. */
function eachOnce(reviews: readonly Review[]): Review[] {
  const first = new Map<string, Review>();
  for (const review of reviews) {
    const known = first.get(review.identity);
    if (known === undefined || review.at < known.at) first.set(review.identity, review);
  }
  return [...first.values()];
}
