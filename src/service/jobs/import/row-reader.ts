import { ContactIdentifier, type LearnerId } from "../../../model/learner.ts";
import type { Timestamp } from "../../../model/time.ts";
import { entityReader, type Target, targetOf } from "./entity-reader.ts";
import type { ImportedEvent } from "./import-events.ts";
import { type LearnerValue, type Mapping, type Statement, statementsOf } from "./mapping.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import type { Layout, Row } from "./rows.ts";
import { columnIndex, everyMatch, type Scope, sourceReader, stepsOf } from "./source.ts";
import { type Reading, type SkipReason, statementReader } from "./statement-reader.ts";

/** What a row comes to. */
export type RowReading = { events: ImportedEvent[]; refusals: Refusal[]; skipped: SkipReason[] };

type ReadLearner = (scope: Scope) => LearnerId | Refusal;
type ReadStatement = (scope: Scope, ofTheRow: ReadLearner) => Reading[];

/**
 * Reads rows by a mapping.
 * @param receivedAt times later than this are in the future
 * @throws ImportFault where the mapping asks for what the file does not have
 */
export function rowReader(mapping: Mapping, layout: Layout, receivedAt: Timestamp): (row: Row) => RowReading {
  const context = { layout, defaults: mapping.defaults, receivedAt };
  const learnerOf = learnerReader(mapping.learner, layout);
  const readers = statementsOf(mapping).map((statement): ReadStatement => {
    const read = statementReader(statement, context);
    const ownLearnerOf = statement.learner && learnerReader(statement.learner, layout);
    const placesOf = placesReader(statement, layout);
    return (scope, ofTheRow) =>
      placesOf(scope).map(({ scope: place, target }): Reading => {
        if (target === "skip") return { skipped: "named_skip" };
        if (isRefusal(target)) return { refusal: target };
        const learner = (ownLearnerOf ?? ofTheRow)(place);
        return isRefusal(learner) ? { refusal: learner } : read(place, learner, target);
      });
  });

  return (row) => {
    if ("fault" in row) return { events: [], refusals: [{ code: row.code, reason: row.fault }], skipped: [] };
    if (isBlank(row)) return { events: [], refusals: [], skipped: ["blank"] };
    const scope = scopeOf(row);
    const learner = learnerOf(scope);
    return joined(readers.flatMap((read) => read(scope, () => learner)));
  };
}

const joined = (readings: readonly Reading[]): RowReading => ({
  events: readings.flatMap((reading) => ("events" in reading ? reading.events : [])),
  refusals: withoutRepetitions(readings.flatMap((reading) => ("refusal" in reading ? [reading.refusal] : []))),
  skipped: readings.flatMap((reading) => ("skipped" in reading ? [reading.skipped] : [])),
});

const scopeOf = (row: Exclude<Row, { fault: string }>): Scope =>
  "cells" in row ? { cells: row.cells } : { document: row.document, item: row.document };

const isBlank = (row: Exclude<Row, { fault: string }>): boolean =>
  "cells" in row && row.cells.every((cell) => cell.trim() === "");

/** A learner whom a row does not name is missing once, however much the row says of them. */
const withoutRepetitions = (refusals: Refusal[]): Refusal[] =>
  refusals.filter(
    (one, index) => one.entity !== undefined || refusals.findIndex((other) => other.reason === one.reason) === index,
  );

/** What a statement says something of, and where in the row. */
type Place = { scope: Scope; target: Target | "skip" | Refusal };

function placesReader({ each, columns = {}, entity }: Statement, layout: Layout): (scope: Scope) => Place[] {
  if (entity === undefined) {
    const places = Object.entries(columns).map(([name, meaning]) => {
      const column = columnIndex(name, layout.format === "csv" ? layout.columns : []);
      return { column, target: targetOf(meaning) };
    });
    return (scope) => places.map(({ column, target }) => ({ scope: { ...scope, column }, target }));
  }
  const targetIn = entityReader(entity, layout);
  if (each === undefined) return (scope) => [{ scope, target: targetIn(scope) }];
  const steps = stepsOf(each);
  return (scope) =>
    everyMatch(scope.document, steps).map(({ item, keys }) => {
      const place = { ...scope, item, keys };
      return { scope: place, target: targetIn(place) };
    });
}

function learnerReader(value: LearnerValue, layout: Layout): ReadLearner {
  const read = sourceReader(value, layout);
  return (scope) => {
    const text = read(scope);
    if (text === undefined) return { code: "NO_LEARNER", reason: "The row does not say who it is about." };
    const parsed = ContactIdentifier.safeParse(value.as === "email" ? { email: text } : { contactId: text });
    if (parsed.success) return parsed.data;
    return { code: "NO_LEARNER", reason: `The learner cannot be taken: ${parsed.error.issues[0]?.message}.` };
  };
}
