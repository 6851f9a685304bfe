import { isDeepStrictEqual } from "node:util";
import { reachOf } from "../../../completion/reach.ts";
import { type Answered, isAnswer, type Regrading, regradings } from "../../../completion/regradings.ts";
import { resolveProgress, slugsOf } from "../../../completion/resolve-progress.ts";
import { settle } from "../../../completion/settle.ts";
import type { Decision, Regrade } from "../../../model/decision.ts";
import { entityKey } from "../../../model/entity.ts";
import type { LearnerId } from "../../../model/learner.ts";
import { flagAttributesOf, type Item, type Reading } from "../../../store/items.ts";
import type { AttemptCursor } from "../../../store/record-store.ts";
import type { Store } from "../../../store/store.ts";
import { resolving } from "../../settle/resolving.ts";
import { settleLearner } from "../../settle/settle-learner.ts";
import { type ChangeRecord, recordOf } from "../change.ts";
import { isNoteAlone, joinedWithNote, noteRun, placesOf } from "./note-run.ts";
import { gradeRecord, type RegradeChanges, whoseOf } from "./regrade-changes.ts";
import { eventIdOf, type RegradePolicy, type RegradeTrail } from "./regrade-policy.ts";

/** What became of a learner: how many answers there are, and what changed. */
export type Regraded = { answers: number; entry: RegradeChanges };

/** `store` has what all ids of a learner state, and `sent` what was sent under each of the `ids`. */
export type RegradeStores = { store: Store; sent: Store; ids: readonly LearnerId[] };

const PAGE = 1_000;

/**
 * Grades a learner's answers by the quiz of today, keeps what differs, and settles what may follow from it. The order is
 * that of a decision: it is kept, told to all that it concerns, and then the learner is read and settled (see
 * `noteDecision`). A grade that this run has kept before it was interrupted counts as not kept yet: keeping it again
 * changes nothing. Each id's answers are graded under that id, so that each keeps its own when a link is withdrawn.
 * @throws BadItems where what is stored of the learner cannot be believed
 */
export async function regradeLearner(
  { store, sent, ids }: RegradeStores,
  policy: RegradePolicy,
  learnerId: LearnerId,
  trail: RegradeTrail,
): Promise<Regraded> {
  const reading = await store.read(learnerId);
  if (reading.faults.length > 0) throw new BadItems(reading.faults);
  const byId = await Promise.all(ids.map(async (id) => ({ id, answers: await answersOf(sent, policy, id) })));
  const answers = byId.reduce((sum, { answers: some }) => sum + some.length, 0);
  const earlier = (reading.progress.decisions ?? []).filter(({ eventId }) => eventId !== eventIdOf(policy.run));
  const dueById = byId.map(({ id, answers: some }) => ({ id, due: regradings(policy.module.quiz, some, earlier) }));
  const due = dueById.flatMap(({ due: some }) => some);
  const scored = due.filter(({ before, after }) => before.score !== after.score);
  const revoke = scored.some(({ before, after }) => after.score < before.score);
  const entry = (changes: ChangeRecord[] = [], marked: ChangeRecord[] = []): RegradeChanges => ({
    ...whoseOf(learnerId, ids),
    grades: due.map(gradeRecord),
    changes: changes.sort(byKey),
    marked: marked.sort(byKey),
  });
  if (due.length === 0) return { answers, entry: entry() };
  if (policy.dryRun) {
    const grades = due.map((one) => decisionOf(policy, one));
    const changes = scored.length === 0 ? [] : wouldChange(policy, reading, [...earlier, ...grades], revoke);
    return { answers, entry: entry(changes) };
  }

  // Before anything is kept, so that a rollback knows whom an interrupted run has graded.
  await trail.announce(entry());
  for (const { id, due: some } of dueById) for (const one of some) await store.addDecision(id, decisionOf(policy, one));
  if (scored.length === 0) return { answers, entry: entry() };
  const meant = new Map(trail.intended);
  const note = async (changes: ChangeRecord[]) => {
    const whole = changes.map((change) => joinedWithNote(meant.get(entityKey(change)), change, eventIdOf(policy.run)));
    for (const change of whole) meant.set(entityKey(change), change);
    if (changes.length > 0)
      await trail.announce({ ...whoseOf(learnerId, ids), grades: [], changes: whole, marked: [] });
  };
  for (const place of placesOf(policy, reading)) await noteRun(store, policy, { learnerId, place }, note);
  await settleLearner<undefined>(
    resolving(policy.catalog, store),
    learnerId,
    ({ progress }) => ({ changes: settle(policy.catalog, progress, settling(policy, revoke)), result: undefined }),
    (flags) => note(flags.map(({ change, was }) => recordOf(change, was))),
  );
  const { items } = await store.read(learnerId);
  const standing = [...meant.values()].filter((change) => isAsMade(items.get(entityKey(change)), change));
  const [marked, changes] = [standing.filter(isNoteAlone), standing.filter((change) => !isNoteAlone(change))];
  return { answers, entry: entry(changes, marked) };
}

/** Items that are not what we write there. */
export class BadItems extends Error {
  readonly faults: Reading["faults"];
  constructor(faults: Reading["faults"]) {
    super("The learner's data are faulty");
    this.faults = faults;
  }
}

/** All answers of a module in the history, also under slugs that it had once: one pass for each of its slugs. */
async function answersOf(
  store: Store,
  { catalog, module, taskSlug }: RegradePolicy,
  learnerId: LearnerId,
): Promise<Answered[]> {
  const found: Answered[] = [];
  for (const moduleSlug of slugsOf(catalog, { type: "module", slug: module.slug })) {
    let after: AttemptCursor | undefined;
    do {
      const page = await store.attempts(learnerId, { limit: PAGE, moduleSlug, kind: "task", after });
      found.push(...page.attempts.filter((attempt) => isAnswer(attempt, module, taskSlug)));
      after = page.next;
    } while (after);
  }
  return found;
}

function decisionOf({ run, recordedAt: at }: RegradePolicy, { answer, after }: Regrading): Regrade {
  return {
    kind: "grade",
    eventId: eventIdOf(run),
    identity: `${eventIdOf(run)}#${answer.occurredAt}#${answer.identity}`,
    at,
    receivedAt: at,
    by: "operator",
    reason: "Graded again by today's quiz",
    answerId: answer.eventId,
    answer: answer.identity,
    answeredAt: answer.occurredAt,
    moduleSlug: answer.moduleSlug,
    taskSlug: answer.taskSlug,
    firstScore: answer.score ?? 0,
    score: after.score,
    questions: after.questions,
    quizVersion: after.quizVersion,
  };
}

/** What may follow from the module. A grade that only rises clears nothing. */
const settling = ({ catalog, module, recordedAt }: RegradePolicy, revoke: boolean) => ({
  stamp: { source: "backfill" as const, recordedAt },
  scope: reachOf(catalog, { type: "module", slug: module.slug }),
  revoke,
});

function wouldChange(
  policy: RegradePolicy,
  { progress, items }: Reading,
  decisions: readonly Decision[],
  revoke: boolean,
): ChangeRecord[] {
  const decided = resolveProgress(policy.catalog, { ...progress, decisions });
  return settle(policy.catalog, decided, settling(policy, revoke)).map((change) => {
    const place = { type: change.entity.type, slug: change.storedAs ?? change.entity.slug };
    return recordOf(change, items.get(entityKey(place)));
  });
}

const isAsMade = (item: Item | undefined, { flag_after }: ChangeRecord): boolean =>
  item !== undefined && isDeepStrictEqual(flagAttributesOf(item), flag_after);

/** One order, however often the run was interrupted; courses come before pathways in it. */
const byKey = (a: ChangeRecord, b: ChangeRecord) => (entityKey(a) < entityKey(b) ? -1 : 1);
