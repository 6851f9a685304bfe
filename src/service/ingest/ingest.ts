import type { Catalog } from "../../catalog/catalog.ts";
import { decisionOf } from "../../completion/decisions/decision-of.ts";
import { snakeKeys } from "../../model/case.ts";
import { AppError } from "../../model/errors.ts";
import { type LearningEvent, scopesFor, statementOf } from "../../model/events/index.ts";
import { type LearnerId, pseudonymOf } from "../../model/learner.ts";
import { idIn, type ParsedEvent, parseEvent } from "../../model/parse-event.ts";
import type { Scope } from "../../model/scope.ts";
import { type Timestamp, toTimestamp } from "../../model/time.ts";
import type { Warning } from "../../model/warning.ts";
import type { Log } from "../../process/log.ts";
import type { Store } from "../../store/store.ts";
import type { CatalogSource } from "../catalog/catalog-source.ts";
import { unlessDeleted } from "../deletion/late-writes.ts";
import { KnownGroups } from "../identity/known-groups.ts";
import { resettle } from "../identity/resettle.ts";
import { limitTo } from "../limit-to.ts";
import type { EventResult } from "./event-result.ts";
import { inOrderOfTime, type Parsed } from "./in-order-of-time.ts";
import { type IngestOutcome, ingestLearner } from "./ingest-learner.ts";
import { linkOf, settleParted, takeBack } from "./link-identities.ts";
import { isRefusedClaim } from "./summarize-events.ts";

/** Learners of one batch that are worked on side by side. */
const LEARNERS_AT_ONCE = 16;

/**
 * Who sends: a learner's own page, which speaks for that learner alone, or somebody with scopes of ours: with
 * waymark:write a server that may speak for anyone. Without a sender, it is our own program, which may do all of it.
 */
export type Sender =
  | { learnerId?: LearnerId | undefined; scopes?: ReadonlySet<Scope> /** Who decides. */; by?: string }
  | undefined;

/** @throws AppError STORE_UNAVAILABLE when the store fails; sending all events again is safe */
export type Ingest = (events: readonly unknown[], sender?: Sender) => Promise<EventResult[]>;

/**
 * As `Ingest`, but where the store, or we, failed, that is the outcome of the learner's events alone. `receivedAt` says
 * of each event when it was first received, where it has waited somewhere; otherwise it is received now.
 */
export type IngestByLearner = (
  events: readonly unknown[],
  sender?: Sender,
  receivedAt?: readonly Timestamp[],
) => Promise<(EventResult | { failure: unknown })[]>;

type Dependencies = { store: Store; catalog: CatalogSource; log: Log; now?: () => number };

/** For those who send all of it again when some of it failed. */
export function createIngest(dependencies: Dependencies): Ingest {
  const ingest = createIngestByLearner(dependencies);
  return async (raws, sender) => {
    const results = await ingest(raws, sender);
    return results.map((result) => {
      if ("failure" in result) throw result.failure;
      return result;
    });
  };
}

/**
 * Takes learning events as clients sent them: records their facts, and settles the flags of their learners.
 * A learner's events are applied in order of time, whatever their order in the batch.
 * @returns a result per event, in the order sent
 */
export function createIngestByLearner({ store, catalog, log, now = Date.now }: Dependencies): IngestByLearner {
  const known = new KnownGroups();
  return async (raws, sender, receivedAt = []) => {
    const recordedAt = toTimestamp(now());
    const request: Request = {
      store,
      log,
      catalog: catalog.current().at(recordedAt),
      recordedAt,
      isTrusted: mayWrite(sender),
      known,
      results: new Array<Result>(raws.length),
    };
    const byLearner = new Map<LearnerId, Parsed[]>();
    for (const [index, raw] of raws.entries()) {
      const parsed = parsedFor(sender, raw, receivedAt[index] ?? recordedAt);
      if (!parsed.ok) {
        request.results[index] = unreadable(parsed);
        continue;
      }
      const { learnerId } = parsed.event;
      byLearner.set(learnerId, [...(byLearner.get(learnerId) ?? []), { ...parsed, index }]);
    }

    const limit = limitTo(LEARNERS_AT_ONCE, byLearner.size);
    const working = [...byLearner].map(([learnerId, parsed]) => limit(() => ingestOne(request, learnerId, parsed)));
    await Promise.all(working);
    return request.results;
  };
}

type Result = EventResult | { failure: unknown };

/** What the events of one request share; `results` is filled as they are taken. */
type Request = Pick<Dependencies, "store" | "log"> & {
  catalog: Catalog;
  recordedAt: Timestamp;
  isTrusted: boolean;
  known: KnownGroups;
  results: Result[];
};

/** Our own program, where nobody sends. */
const OURSELVES = "waymark";

const mayWrite = (sender: Sender): boolean => sender === undefined || (sender.scopes?.has("waymark:write") ?? false);

/** An event that cannot be read, or that its sender may not send, with what to tell of it. */
type Unreadable = Extract<ParsedEvent, { ok: false }> | { ok: false; eventId: string | undefined; forbidden: string };

/** The event that somebody sent: of a learner's own page that learner's, of a decision with who decided. */
function parsedFor(
  sender: Sender,
  raw: unknown,
  receivedAt: Timestamp,
): Extract<ParsedEvent, { ok: true }> | Unreadable {
  const needed = scopesFor((raw as { eventName?: unknown } | null)?.eventName);
  if (needed === undefined) {
    if (mayWrite(sender)) return parseEvent(raw, receivedAt);
    if (sender?.learnerId !== undefined) return parseEvent(raw, receivedAt, sender.learnerId);
    return { ok: false, eventId: idIn(raw), forbidden: "This takes a token with the scope waymark:write." };
  }
  if (sender !== undefined && !needed.some((scope) => sender.scopes?.has(scope)))
    return {
      ok: false,
      eventId: idIn(raw),
      forbidden: `This is a decision, and takes a token with the scope ${needed.join(" or ")}.`,
    };
  const parsed = parseEvent(raw, receivedAt);
  return parsed.ok ? { ...parsed, event: { ...parsed.event, by: sender?.by ?? OURSELVES } } : parsed;
}

const unreadable = (parsed: Unreadable): EventResult => ({ eventId: parsed.eventId, error: faultOf(parsed) });

function faultOf(parsed: Unreadable): AppError {
  if ("forbidden" in parsed) return new AppError("FORBIDDEN", parsed.forbidden);
  if (parsed.isForeign)
    return new AppError(
      "FORBIDDEN",
      "A learner's token is for that learner's events; this one names another contactId.",
    );
  const detail = "The event does not have the form that its name asks for.";
  return new AppError("SCHEMA_VALIDATION_FAILED", detail, { errors: parsed.errors });
}

/** The events of one learner, whose failure is theirs alone. */
async function ingestOne(request: Request, learnerId: LearnerId, parsed: readonly Parsed[]): Promise<void> {
  const { log, catalog, results } = request;
  const taken = await take(request, learnerId, parsed).catch((failure: unknown) => ({ failure }));

  for (const { event, warnings, index } of parsed) {
    if (isFailure(taken)) {
      results[index] = failureOf(event, taken);
      continue;
    }
    const outcome = taken === "deleted" ? DELETED : (taken.outcomes.get(index) as IngestOutcome);
    const named = taken === "deleted" ? learnerId : taken.learnerId;
    results[index] = resultOf(catalog, { ...event, learnerId: named }, warnings, outcome);
    if (outcome === DELETED) continue;
    logRefusedClaim(log, event, outcome);
    logDecision(log, event, outcome);
  }
}

/** What became of each event, by its place, and by which id their learner goes. */
type Taken = { outcomes: Map<number, IngestOutcome>; learnerId: LearnerId };

async function take(
  { store, log, catalog, recordedAt, isTrusted, known }: Request,
  learnerId: LearnerId,
  parsed: readonly Parsed[],
): Promise<Taken | "deleted"> {
  const settling = { store, log, catalog, recordedAt };
  const taken = await unlessDeleted(
    { store, log, known, resettle: (id) => resettle(settling, id) },
    learnerId,
    async (watched, group): Promise<Taken> => {
      const inOrder = await inOrderOfTime(watched, parsed);
      const context = { store: watched, log, catalog, learnerId, recordedAt, isTrusted };
      const outcomes = await ingestLearner(
        context,
        inOrder.map(({ event }) => event),
      );
      const byPlace = inOrder.map(({ index }, position) => [index, outcomes[position] as IngestOutcome] as const);
      return { outcomes: new Map(byPlace), learnerId: group.learnerId };
    },
  );
  for (const { event, index } of parsed) {
    const decision = decisionOf(event, statementOf(event));
    const link = linkOf(learnerId, decision);
    if (decision === undefined || link === undefined) continue;
    const isGone = taken === "deleted" || (await store.identity(link.alias)).deletedAt !== undefined;
    await (isGone ? takeBack(store, decision, link) : settleParted(settling, link));
    if (taken !== "deleted" && isGone) taken.outcomes.set(index, DELETED);
  }
  return taken;
}

const DELETED: IngestOutcome = {
  accepted: false,
  code: "LEARNER_DELETED",
  reason:
    "This learner has been deleted, and nothing is kept of them any more. Do not send the event again. Who returns " +
    "needs another id, or an operator who takes the deletion back.",
};

const isFailure = (outcomes: object | string): outcomes is { failure: unknown } =>
  typeof outcomes === "object" && "failure" in outcomes;

/** What a full item refuses it refuses always: that is no failure of the store, and sending again is of no use. */
const failureOf = (
  { id, identity, learnerId }: LearningEvent,
  outcome: { failure: unknown },
): EventResult | typeof outcome =>
  outcome.failure instanceof AppError && outcome.failure.code === "MODULE_FULL"
    ? { eventId: id, identity, learnerId, error: outcome.failure }
    : outcome;

function resultOf(
  catalog: Catalog,
  { id, identity, learnerId }: LearningEvent,
  warnings: Warning[],
  outcome: IngestOutcome,
): EventResult {
  if (outcome.accepted)
    return {
      eventId: id,
      identity,
      learnerId,
      catalog,
      outcome: { ...outcome, warnings: [...warnings, ...outcome.warnings] },
    };
  const { accepted: _, code, reason, ...extras } = outcome;
  return { eventId: id, identity, learnerId, error: new AppError(code, reason, extras) };
}

/** Who decided stands in the log as in the history; the reason does not, since people write names there. */
function logDecision(log: Log, event: LearningEvent, outcome: IngestOutcome): void {
  if (!outcome.accepted || event.by === undefined) return;
  const { name, id, by, learnerId } = event;
  log.info("Decision taken", { event_name: name, event_id: id, by, learner: pseudonymOf(learnerId) });
}

/** Pages that claim what is not so are worth somebody's look; the reason names content, never a person. */
function logRefusedClaim(log: Log, event: LearningEvent, outcome: IngestOutcome): void {
  if (outcome.accepted || !isRefusedClaim(outcome)) return;
  const { code, reason, progress } = outcome;
  const { name, moduleSlug, courseSlug, pathwaySlug, learnerId } = event;
  log.warn("Claim refused", {
    event_name: name,
    ...snakeKeys({ moduleSlug, courseSlug, pathwaySlug }),
    learner: pseudonymOf(learnerId),
    code,
    reason,
    progress,
  });
}
