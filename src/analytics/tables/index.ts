import * as catalog from "./catalog-tables.ts";
import type { Table } from "./define-table.ts";
import * as history from "./history-tables.ts";
import * as learners from "./learner-tables.ts";

/** Every table of an export, in the order in which the papers list them. */
export const TABLES: readonly Table[] = [
  learners.dimLearner,
  learners.factActiveWeek,
  learners.factActiveMonth,
  catalog.dimCatalog,
  catalog.dimCourse,
  catalog.dimPathway,
  catalog.dimModule,
  catalog.dimQuestion,
  catalog.bridgeEntry,
  learners.factCompletion,
  learners.factTerm,
  learners.factModuleProgress,
  learners.factMissing,
  history.factAttempt,
  history.factQuestionAnswer,
  history.factCompletionData,
  history.factClaimRefused,
  history.factDecision,
  history.factSession,
  history.factReview,
  history.factReviewCard,
  learners.deletedLearners,
  learners.learnerIdentity,
];

/** The tables of an export that names nobody. */
export const PSEUDONYMOUS_TABLES: readonly Table[] = TABLES.filter(({ isIdentified }) => !isIdentified);

export const tableNamed = (name: string): Table | undefined => TABLES.find((table) => table.name === name);

/** The tables of an export: those that were asked for, and always who must be forgotten. */
export function tablesOf({ tables, identified }: { tables?: readonly string[] | undefined; identified: boolean }) {
  return TABLES.filter(
    ({ name, kind, isIdentified }) =>
      kind === "deletion" || ((!isIdentified || identified) && (tables === undefined || tables.includes(name))),
  );
}
