import type { SentEvent } from "../../support/oracles/oracle.ts";
import type { RecordContent } from "../../support/oracles/record-oracle.ts";
import { type LearnerEvents, learnerEvents, type PlannedEvent } from "./learner-events.ts";
import { type Random, randomOf } from "./random.ts";

/** `own`: learner's page, token in the header. `beacon`: the same, token in the body. `server`: speaks for anyone. */
export type Way = "own" | "beacon" | "server";

export type Sent = PlannedEvent & { learner: string };
export type PlannedRequest = { events: Sent[]; isBatch: boolean; way: Way; copies: number };
export type Read = { learner: string; path: string };
/** What goes out at once. */
export type Round = { requests: PlannedRequest[]; reads: Read[] };

/** Some learners whose events one sender sends: a learner's own page, or a server that mixes several. */
export type Party = {
  learners: string[];
  rounds: Round[];
  /** Claims of all that the learners worked for, to be sent when every fact is in. */
  lateClaims: PlannedRequest[];
};

const SERVER_LEARNERS = 3;
const MAX_BATCH = 10;

/** @param run so that two runs on one store have learners of their own */
export function planParty(content: RecordContent, run: string, seed: number): Party {
  const random = randomOf(seed);
  const isServer = random.chance(0.5);
  const names = Array.from({ length: isServer ? SERVER_LEARNERS : 1 }, (_, index) => `${run}-${seed}-${index}`);
  const members = names.map((name) => {
    const byAddress = isServer && random.chance(0.2);
    const learner = byAddress ? `${name}@example.com` : name;
    const identity = byAddress ? { email: ` ${learner.toUpperCase()} ` } : { contactId: name };
    return { learner, events: learnerEvents(content, random, name, identity) };
  });
  const wayOf = (size: number): Way => {
    if (isServer) return "server";
    return size === 1 && random.chance(0.3) ? "beacon" : "own";
  };

  const facts = inSendingOrder(random, members);
  const rounds: Round[] = [];
  const later: PlannedRequest[] = [];
  while (facts.length > 0 || later.length > 0) {
    const requests: PlannedRequest[] = later.splice(0, random.int(0, later.length));
    for (let wanted = random.int(1, 3); wanted > 0 && facts.length > 0; wanted--) {
      const isBatch = random.chance(0.4);
      const events = facts.splice(0, isBatch ? random.int(1, MAX_BATCH) : 1);
      const request = { events, isBatch, way: wayOf(isBatch ? 2 : 1), copies: random.pick([1, 1, 1, 2, 2, 3]) };
      requests.push(request);
      if (random.chance(0.2)) later.push({ ...request, copies: 1 });
    }
    // Not two claims of one thing at once: it would be nobody's to say which came first.
    for (const { learner, events } of members)
      if (random.chance(0.12)) {
        const claim = { ...events.claim(random.pick(events.entities)), learner };
        requests.push({ events: [claim], isBatch: random.chance(0.3), way: wayOf(1), copies: random.int(1, 2) });
      }
    rounds.push({ requests: random.shuffled(requests), reads: readsOf(random, names, members) });
  }
  const lateClaims = members.flatMap(({ learner, events }) =>
    events.entities.map((entity) => ({
      events: [{ ...events.claim(entity), learner }],
      isBatch: false,
      way: wayOf(1),
      copies: random.int(1, 3),
    })),
  );
  return { learners: members.map(({ learner }) => learner), rounds, lateClaims };
}

type Member = { learner: string; events: LearnerEvents };

/** Some senders send as it happens, others whenever they get to it. */
function inSendingOrder(random: Random, members: readonly Member[]): Sent[] {
  const all = members.flatMap(({ learner, events }) => events.facts.map((fact): Sent => ({ ...fact, learner })));
  if (random.chance(0.5)) return random.shuffled(all);
  return all
    .map((fact) => ({ fact, place: timeOf(fact.event) + random.int(0, 600_000) }))
    .sort((a, b) => a.place - b.place)
    .map(({ fact }) => fact);
}

const timeOf = ({ payload, ts }: SentEvent) => Date.parse(String(payload?.ts ?? ts));

function readsOf(random: Random, names: readonly string[], members: readonly Member[]): Read[] {
  return Array.from({ length: random.int(0, 2) }, () => {
    const { learner, events } = members[random.int(0, names.length - 1)] as Member;
    const [kind, slug] = random.pick(events.entities).split("/");
    const own = `/learners/${encodeURIComponent(learner)}`;
    const path = random.pick([
      `${own}/progress`,
      `${own}/progress`,
      `${own}/${kind}s/${slug}`,
      `${own}/history?limit=${random.int(1, 20)}`,
      `${own}/sessions`,
      `${own}/reviews`,
      "/catalog",
      "/health",
    ]);
    return { learner, path };
  });
}
