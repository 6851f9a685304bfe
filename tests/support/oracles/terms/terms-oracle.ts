// What becomes of a learner by terms, waivers, voids, resets, links and groups, told a second time and as plainly as
// possible. It shares nothing with src/completion and works everything out from the beginning every time.

import { NEVER } from "./calendar.ts";
import { type Content, type ContentJson, type Key, readContent } from "./content.ts";
import { Learner, type Measured, type Progress, type Source, type Term } from "./learner.ts";
import { countingOf, eachOnce, identityOf, peopleOf, type Receipt, type Sent } from "./live.ts";
import { isModuleClaim, subjectOf } from "./module-facts.ts";

export type { ContentJson } from "./content.ts";
export type { Receipt } from "./live.ts";

export type ToldTerm = { completed_at: string; expires_at: string | null; ended_by: Term["endedBy"] };
export type ToldHolder = {
  completed: boolean;
  completed_at: string | null;
  expires_at: string | null;
  status: "completed" | "expired" | "open";
  source: Source | null;
  /** Newest first. */
  terms: ToldTerm[];
  progress: Progress;
  missing: string[];
};
export type ToldModule = {
  completed_at: string | null;
  source: Source | null;
  missing: string[];
  /** Of each task that has a limit. */
  attempts_left: Record<string, number>;
};
export type Told = {
  /** Every id of the learner. */
  ids: string[];
  modules: Record<string, ToldModule>;
  courses: Record<string, ToldHolder>;
  pathways: Record<string, ToldHolder>;
};

/**
 * Everything that the service says of every learner whom some events are about, by the learner's id.
 * @param receipts in order of arrival, on which only claims and limits of attempts depend
 * @param now the moment of asking, at or after every receipt
 */
export function tell(files: ContentJson, receipts: readonly Receipt[], now: string): Record<string, Told> {
  const content = readContent(files);
  const { claims, refused } = judge(content, receipts);
  const sent = eachOnce(receipts).filter(({ identity }) => !refused.has(identity));
  const people = peopleOf(sent);
  const ids = [...new Set(sent.map(({ sender }) => people.learnerOf(sender)))].sort();
  return Object.fromEntries(ids.map((id) => [id, toldOf(content, people.idsOf(id), sent, { claims, now })]));
}

type Asking = { claims: readonly string[]; now: string };

function learnerOf(content: Content, ids: readonly string[], sent: readonly Sent[], { claims, now }: Asking): Learner {
  const counting = countingOf(sent, ids);
  const accepted = claims.flatMap((identity) => counting.find((one) => one.identity === identity) ?? []);
  return new Learner(content, counting, accepted, now);
}

function toldOf(content: Content, ids: string[], sent: readonly Sent[], asking: Asking): Told {
  const learner = learnerOf(content, ids, sent, asking);
  const slugOf = (key: Key) => key.slice(key.indexOf("/") + 1);
  const holders = (kind: string) =>
    Object.fromEntries(
      [...content.holders.keys()]
        .filter((key) => key.startsWith(kind))
        .map((key) => [slugOf(key), holderOf(learner, key)]),
    );
  const modules = Object.fromEntries(
    [...content.modules.keys()].map((key) => [slugOf(key), moduleOf(content, learner, key)]),
  );
  return { ids, modules, courses: holders("course"), pathways: holders("pathway") };
}

function moduleOf(content: Content, learner: Learner, key: Key): ToldModule {
  const done = learner.moduleDone(key);
  const limited = (content.modules.get(key)?.json.completion_tasks ?? []).filter(
    ({ max_attempts: max }) => max !== undefined,
  );
  return {
    completed_at: done?.at ?? null,
    source: done?.source ?? null,
    missing: done ? [] : learner.moduleMeasure(key).missing,
    attempts_left: Object.fromEntries(
      limited.map(({ task_slug, max_attempts = 0 }) => [task_slug, learner.attemptsLeft(key, task_slug, max_attempts)]),
    ),
  };
}

const orNull = (moment: string): string | null => (moment === NEVER ? null : moment);

function holderOf(learner: Learner, key: Key): ToldHolder {
  const { terms, open } = learner.termsOf(key);
  const newest = terms.at(-1);
  // After a reset the terms of the spans before it are past, and the learner begins anew.
  const shown = newest && newest.at >= learner.spanStart(key) ? newest : undefined;
  const isComplete = shown !== undefined && shown.endedBy === null;
  const { progress, missing }: Measured = learner.holderMeasure(key, isComplete ? shown.opens : open);
  return {
    completed: isComplete,
    completed_at: shown?.at ?? null,
    expires_at: shown ? orNull(shown.expiresAt) : null,
    status: statusOf(shown),
    source: shown?.source ?? null,
    terms: [...terms].reverse().map(({ at, expiresAt, endedBy }) => ({
      completed_at: at,
      expires_at: orNull(expiresAt),
      ended_by: endedBy,
    })),
    progress: isComplete ? { ...progress, short_by: 0 } : progress,
    missing: isComplete ? [] : missing,
  };
}

function statusOf(shown: Term | undefined): ToldHolder["status"] {
  if (shown === undefined) return "open";
  return shown.endedBy === null ? "completed" : "expired";
}

/** What is judged on arrival: which claims are accepted, and which attempts are refused because there are none left. */
function judge(content: Content, receipts: readonly Receipt[]): { claims: string[]; refused: Set<string> } {
  const claims: string[] = [];
  const refused = new Set<string>();
  const seen = new Set<string>();
  for (const [index, { receivedAt }] of receipts.entries()) {
    const known = eachOnce(receipts.slice(0, index + 1));
    const identity = identityOf(receipts[index] as Receipt, index);
    const one = known.find((sent) => sent.identity === identity) as Sent;
    const isNew = !seen.has(identity);
    seen.add(identity);
    const before = known.filter(({ identity }) => identity !== one.identity && !refused.has(identity));
    const people = peopleOf(known);
    const ids = people.idsOf(people.learnerOf(one.sender));
    const learner = () => learnerOf(content, ids, before, { claims, now: receivedAt });
    if (one.name === "task_submitted" && (isNew || refused.has(one.identity))) {
      refused.delete(one.identity);
      if (!hasAttempt(content, learner(), one)) refused.add(one.identity);
    }
    const claimed = claimedBy(content, one);
    if (claimed && !claims.includes(one.identity) && isCompleteIn(learner(), claimed)) claims.push(one.identity);
  }
  return { claims, refused };
}

function hasAttempt(content: Content, learner: Learner, attempt: Sent): boolean {
  const key = subjectOf(content, attempt, "module");
  const task = content.modules
    .get(key)
    ?.json.completion_tasks?.find(({ task_slug }) => task_slug === attempt.field("task_slug"));
  return task?.max_attempts === undefined || learner.attemptsLeft(key, task.task_slug, task.max_attempts) > 0;
}

/** What an event claims to be complete, where there is such a thing. */
function claimedBy(content: Content, event: Sent): Key | undefined {
  const [kind, verb] = event.name.split("_");
  if (verb !== "completed") return undefined;
  const key = subjectOf(content, event, kind as "module");
  const module = content.modules.get(key);
  if (module) return isModuleClaim(module, event) ? key : undefined;
  return content.holders.has(key) ? key : undefined;
}

const isCompleteIn = (learner: Learner, key: Key): boolean =>
  key.startsWith("module/") ? learner.moduleDone(key) !== undefined : holderOf(learner, key).completed;
