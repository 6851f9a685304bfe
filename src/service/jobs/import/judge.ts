import type { Catalog } from "../../../catalog/catalog.ts";
import { interpretEvent } from "../../../completion/interpret-event.ts";
import { AppError } from "../../../model/errors.ts";
import { parseEvent } from "../../../model/parse-event.ts";
import type { Timestamp } from "../../../model/time.ts";
import type { Warning } from "../../../model/warning.ts";
import type { EventResult } from "../../ingest/event-result.ts";

/** What became of an event, or would: of a claim a dry run cannot say whether the facts bear it out. */
export type Taken =
  | { error: AppError }
  | { warnings: readonly Warning[]; completed: readonly { type: string; slug: string }[] };

/** Judges an event by its form and by the catalog, and writes nothing. */
export function judgeEvent(catalog: Catalog, raw: object, receivedAt: Timestamp): Taken {
  const parsed = parseEvent(raw, receivedAt);
  if (!parsed.ok) {
    const errors = parsed.isForeign ? [] : parsed.errors;
    return {
      error: new AppError("SCHEMA_VALIDATION_FAILED", "The event does not have the form that its name asks for.", {
        errors,
      }),
    };
  }
  const interpreted = interpretEvent(catalog, parsed.event);
  if ("accepted" in interpreted) return { error: new AppError(interpreted.code, interpreted.reason) };
  return { warnings: [...parsed.warnings, ...interpreted.warnings], completed: [] };
}

/** What the service made of an event. @throws what it failed with, where that was the store */
export function takenOf(result: EventResult | { failure: unknown }): Taken {
  if ("failure" in result) {
    if (result.failure instanceof AppError) throw result.failure;
    return { error: new AppError("INTERNAL_ERROR", "Something went wrong on our side.", { cause: result.failure }) };
  }
  if (result.error) return { error: result.error };
  const { warnings, flagged } = result.outcome;
  return { warnings, completed: flagged.filter(({ newlyCompleted }) => newlyCompleted) };
}
