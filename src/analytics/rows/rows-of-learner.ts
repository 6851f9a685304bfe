import { joinCards, joinSessions } from "../../service/identity/join-records.ts";
import { withGrades } from "../../service/read/graded-attempts.ts";
import { markVoided } from "../../service/read/voided-attempts.ts";
import { remainsIn } from "../../service/read/what-remains.ts";
import type { Item } from "../../store/items.ts";
import { ATTEMPT_PREFIX, REVIEW_PREFIX, SESSION_PREFIX } from "../../store/keys.ts";
import { attemptOf, cardOf, keptAt, sessionOf } from "../../store/record-items.ts";
import { dimLearner, learnerIdentity } from "../tables/learner-tables.ts";
import { addActivePeriods } from "./active-rows.ts";
import { activityOf } from "./activity.ts";
import { addAttempts } from "./attempt-rows.ts";
import { addCards, addSessions } from "./card-and-session-rows.ts";
import { addDecisions } from "./decision-rows.ts";
import { addHolders } from "./holder-rows.ts";
import type { RowContext, StoredLearner } from "./learner.ts";
import { addModules } from "./module-rows.ts";
import type { RowSet } from "./row-set.ts";

/** Adds the rows of one learner, made of the same reads that the learner's own page is made of. */
export function addRowsOfLearner(rows: RowSet, context: RowContext & { learner: string }, stored: StoredLearner): void {
  const { catalog, learner } = context;
  const { progress, touched, unsettled } = stored;
  const history = historyOf(stored);
  const attempts = withGrades(markVoided(history.attempts, progress.decisions), progress.decisions);
  const remains = remainsIn(catalog, progress);
  const sessions = history.sessions.filter(remains.hasSession);
  const cards = history.cards.flatMap(remains.cardOf);

  rows.add(dimLearner, { learner, ...activityOf(progress, { ...stored, attempts, sessions, cards }) });
  for (const id of stored.ids)
    rows.add(learnerIdentity, { learner, learner_id: id, is_alias: id !== stored.learnerId });
  const who = { ...context, progress };
  addHolders(rows, who, touched, unsettled);
  addModules(rows, who);
  addAttempts(rows, who, attempts);
  addDecisions(rows, who);
  addSessions(rows, who, sessions);
  addCards(rows, who, cards);
  addActivePeriods(rows, learner);
}

function historyOf({ records }: StoredLearner) {
  const lists = records.map((items) => {
    const startingWith = (prefix: string): Item[] => items.filter(({ record }) => String(record).startsWith(prefix));
    return {
      attempts: startingWith(ATTEMPT_PREFIX)
        .filter((item) => keptAt(item) === undefined)
        .map(attemptOf),
      sessions: startingWith(SESSION_PREFIX).map(sessionOf),
      cards: startingWith(REVIEW_PREFIX).map(cardOf),
    };
  });
  const [own, ...others] = lists;
  if (own === undefined) return { attempts: [], sessions: [], cards: [] };
  if (others.length === 0) return own;
  return {
    attempts: lists.flatMap(({ attempts }) => attempts),
    sessions: joinSessions(lists.map(({ sessions }) => sessions)),
    cards: joinCards(lists.map(({ cards }) => cards)),
  };
}
