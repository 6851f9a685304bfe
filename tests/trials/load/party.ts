import { parseEvent } from "../../../src/model/parse-event.ts";
import { toTimestamp } from "../../../src/model/time.ts";
import { ALL_SCOPES, bearer, type Issuer } from "../../support/fakes/issuer.ts";
import type { Claim } from "../../support/oracles/oracle.ts";
import {
  expectedRecord,
  isKeptRefused,
  type RecordContent,
  refusedAs,
  type Statement,
  statedIn,
  type Taken,
} from "../../support/oracles/record-oracle.ts";
import type { Client } from "./client.ts";
import type { Party, PlannedRequest, Read, Sent } from "./party-plan.ts";
import type { Tally } from "./tally.ts";

/** What became of a learner's events, as their senders were told. */
export type LearnerRecord = {
  learner: string;
  taken: Taken[];
  /** Claims, and completions of what was locked, that were refused when they came; some may have been accepted since. */
  refused: Taken[];
  /** In the order in which they were accepted. */
  claims: Claim[];
  /** The identities of the events that reported that a course or pathway became complete. */
  reporters: Record<string, string[]>;
};

type Answer = {
  status: string;
  event_id: string;
  learner_id?: string;
  courses?: Flagged[];
  pathways?: Flagged[];
  error?: { code: string };
  code?: string;
};
type Flagged = { slug: string; newly_completed: boolean };

type World = { content: RecordContent; client: Client; issuer: Issuer; tally: Tally };

const kindOf = ({ isBatch, way, events: [first] }: PlannedRequest): string => {
  if (isBatch) return "batch";
  if (way === "beacon") return "beacon";
  return /(course|pathway)_completed$/.test(first?.event.eventName ?? "") ? "claim" : "event";
};

/** What tells an event from others of its id. Every event of a party has a time of its own, so that of receipt is nothing. */
function identityOf({ event }: Sent): string {
  const parsed = parseEvent(event, toTimestamp(Date.now()));
  if (!parsed.ok) throw new Error(`An event that was accepted cannot be read: ${JSON.stringify(event)}`);
  return parsed.event.identity;
}

/** Sends all that a party has to send, and checks each answer on its own. */
export async function liveParty(world: World, party: Party): Promise<LearnerRecord[]> {
  const { client, issuer, tally, content } = world;
  const isServer = party.rounds.some(({ requests }) => requests.some(({ way }) => way === "server"));
  const token = await issuer.mint(isServer ? { sub: "lms", scope: ALL_SCOPES } : { sub: party.learners[0] as string });
  const records = new Map(
    party.learners.map((learner): [string, LearnerRecord] => [
      learner,
      { learner, taken: [], refused: [], claims: [], reporters: {} },
    ]),
  );
  /** By event: its place in its learner's record, once it was accepted. */
  const accepted = new Map<Sent, Taken>();

  const send = async (request: PlannedRequest): Promise<[Sent, Answer][]> => {
    const { way, events, isBatch } = request;
    const [first] = events;
    const isBeacon = way === "beacon";
    const sent = isBatch ? { events: events.map(({ event }) => event) } : first?.event;
    const body = JSON.stringify(isBeacon ? { ...sent, token } : sent);
    const headers = isBeacon
      ? { "Content-Type": "text/plain;charset=UTF-8" }
      : { "Content-Type": "application/json", ...bearer(token) };
    const reply = await client.send("POST", "/events/track", headers, body);
    tally.requests++;
    tally.events.sent += events.length;
    tally.answered(kindOf(request), reply.status, reply.milliseconds);
    const answer = JSON.parse(reply.text);
    const answers: Answer[] = isBatch && reply.status === 200 ? answer.results : [answer];
    const isForbidden = !isServer && first !== undefined && assertsGrade(content, first);
    const expected = isBatch ? [200] : [200, 400, ...(isForbidden ? [403] : [])];
    if (!expected.includes(reply.status)) tally.violation(`${reply.status} to ${body}: ${reply.text}`);
    return events.flatMap((sent, index) => (answers[index] ? [[sent, answers[index]]] : []));
  };

  const take = (sent: Sent, answer: Answer) => {
    const code = answer.error?.code ?? answer.code;
    if ((code === "FORBIDDEN") !== (!isServer && assertsGrade(content, sent)))
      tally.violation(`${code ?? "Accepted"}, of who may or may not assert it: ${JSON.stringify(sent.event)}`);
    if (code !== undefined) {
      const statement = statementOf(content, sent);
      if (isKeptRefused(statement, code)) records.get(sent.learner)?.refused.push(refusedClaim(sent, statement));
      return tally.refused(code);
    }
    tally.events.accepted++;
    const record = records.get(sent.learner);
    if (record === undefined || answer.learner_id !== sent.learner)
      return tally.violation(`Taken for ${answer.learner_id}, not for ${sent.learner}: ${JSON.stringify(sent.event)}`);
    for (const kind of ["courses", "pathways"] as const)
      for (const { slug, newly_completed } of answer[kind] ?? [])
        if (newly_completed) {
          const entity = `${kind.slice(0, -1)}/${slug}`;
          record.reporters[entity] = [...new Set([...(record.reporters[entity] ?? []), identityOf(sent)])];
        }
    const before = accepted.get(sent);
    if (before !== undefined) {
      if (before.eventId !== answer.event_id)
        tally.violation(`One event, and two ids, ${before.eventId} and ${answer.event_id}`);
      return;
    }
    const taken = { statement: statementOf(content, sent), eventId: answer.event_id, identity: identityOf(sent) };
    accepted.set(sent, taken);
    record.taken.push(taken);
    if (taken.statement.claim) record.claims.push(taken.statement.claim);
  };

  /** What the history keeps of a claim that the facts do not bear out, and of a completion of what was locked. */
  const refusedClaim = (sent: Sent, statement: Statement): Taken => {
    const { eventId } = sent.event as { eventId?: string };
    const identity = identityOf(sent);
    return refusedAs(statement, eventId ?? identity, identity);
  };

  const play = async (requests: readonly PlannedRequest[]) => {
    const copies = requests.flatMap((request) => {
      tally.copies += request.copies - 1;
      return Array.from({ length: request.copies }, () => send(request));
    });
    for (const answers of await Promise.all(copies)) for (const [sent, answer] of answers) take(sent, answer);
  };

  const read = async ({ path }: Read) => {
    const reply = await client.send("GET", path, bearer(token));
    tally.reads++;
    tally.answered(readKind(path), reply.status, reply.milliseconds);
    // Before the first event about it, a module that the catalog does not name is unknown.
    if (reply.status !== 200) tally.violation(`${reply.status} to GET ${path}: ${reply.text}`);
  };

  for (const { requests, reads } of party.rounds) await Promise.all([play(requests), ...reads.map(read)]);
  for (const request of party.lateClaims) {
    const { learner } = request.events[0] as Sent;
    const record = records.get(learner) as LearnerRecord;
    const isComplete = isCompleteBy(content, record, request.events[0] as Sent);
    const before = record.taken.length;
    await play([request]);
    if (record.taken.length > before !== isComplete)
      tally.violation(
        `The claim is ${isComplete ? "refused" : "accepted"}, and should not: ${JSON.stringify(request.events)}`,
      );
  }
  return [...records.values()];
}

const readKind = (path: string) =>
  path.startsWith("/learners/") ? `GET ${(path.split("/")[3] ?? "").replace(/\?.*/, "")}` : `GET ${path.slice(1)}`;

function statementOf(content: RecordContent, { event, gradedAs }: Sent): Statement {
  if (gradedAs === undefined) return statedIn(content, event, "9999-12-31T00:00:00.000Z");
  const { payload, ...rest } = event;
  const { answers, ...fields } = { ...rest, ...payload } as Record<string, unknown>;
  // Answers count as the score that they come to, and are kept as well.
  const graded = { ...fields, score: gradedAs } as unknown as typeof event;
  const statement = statedIn(content, graded, "9999-12-31T00:00:00.000Z");
  return { ...statement, attempt: { ...statement.attempt, answers } };
}

function isCompleteBy(content: RecordContent, { taken, claims }: LearnerRecord, sent: Sent): boolean {
  const { claim } = statementOf(content, sent);
  if (claim === undefined) return true;
  const statements = taken.map(({ statement }) => statement);
  return claim.entity in expectedRecord(content, statements, claims).flags;
}

/** Whether an event gives a result that we work out ourselves from the answers: that is a server's to say, and no page's. */
function assertsGrade(content: RecordContent, { event, gradedAs }: Sent): boolean {
  const { module_slug, task_slug, score } = { ...event, ...event.payload } as Record<string, unknown>;
  if (gradedAs !== undefined || score === undefined) return false;
  const module = content.modules.find(({ slug }) => slug === module_slug);
  return module?.completion_tasks?.some((task) => task.task_slug === task_slug && isQuiz(task)) ?? false;
}

const isQuiz = (task: object): boolean => (task as { task_type?: string }).task_type === "quiz";
