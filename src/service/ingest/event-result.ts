import type { Catalog } from "../../catalog/catalog.ts";
import type { AppError } from "../../model/errors.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { AcceptedEvent } from "./ingest-learner.ts";

/**
 * What became of one event. `identity` tells it from others of its id; one that cannot be read has none. `catalog` is the
 * one that it was judged by, which its answer is to be made under.
 */
export type EventResult =
  | {
      eventId: string;
      identity: string;
      learnerId: LearnerId;
      outcome: AcceptedEvent;
      catalog: Catalog;
      error?: undefined;
    }
  | { eventId: string | undefined; identity?: string; learnerId?: LearnerId; error: AppError };
