// What events say under content that changes, told a second time: when they happened, whether a mark is a claim, and what
// of all that counts.

import { type ChangingContent, type Deed, isKnownModule, isRetired, meantBy, moduleDoneAt } from "./content-oracle.ts";

/** An event as it was sent and received. */
export type Sent = {
  kind: "mark" | "step" | "score" | "enrol";
  module: string;
  course: string;
  byAlias: boolean;
  step: string;
  score: number;
  ts: string | undefined;
  /** Whether the learner's own page sent it. */
  own: boolean;
  id: string | undefined;
  receivedAt: string;
};

/** What is known of a learner: what was done, and when events that do not tell their own time were first received. */
export type Told = { deeds: Deed[]; receipts: Map<string, string> };

const FIVE_MINUTES = 300_000;

const isCredible = (ts: string | undefined, receivedAt: string): ts is string =>
  ts !== undefined && ts >= "2000" && Date.parse(ts) - Date.parse(receivedAt) <= FIVE_MINUTES;

/** When an event happened. */
function momentOf(sent: Sent, { receipts }: Told): string {
  const { ts, id, receivedAt } = sent;
  if (isCredible(ts, receivedAt)) return ts;
  // Without a time and an id nobody can tell that it is the same.
  if (ts === undefined && id === undefined) return receivedAt;
  const { receivedAt: _, own: __, ...content } = sent;
  const identity = JSON.stringify(relevant(content));
  const first = receipts.get(identity) ?? receivedAt;
  receipts.set(identity, first);
  return first;
}

/** Those fields that its kind of event has. */
function relevant({ kind, module, course, byAlias, step, score, ts, id }: Omit<Sent, "receivedAt" | "own">) {
  const about = { enrol: [course], mark: [module], step: [module, step], score: [module, score] }[kind];
  return [kind, byAlias, ...about, ts ?? null, id ?? null];
}

/** Adds what an event says under content to what is known. @returns whether it is taken */
export function tell(content: ChangingContent, sent: Sent, told: Told): boolean {
  const at = momentOf(sent, told);
  const deed = sent.kind === "enrol" ? enrolmentOf(content, sent, at) : deedOf(content, sent, at, told.deeds);
  if (deed === "refused") return false;
  if (deed) told.deeds.push(deed);
  return true;
}

function enrolmentOf(content: ChangingContent, { course: named, byAlias }: Sent, at: string): Deed | undefined {
  const course = meantBy(content, "course", byAlias ? `${named}-old` : named);
  return isRetired(content, course) ? undefined : { kind: "enrol", course, at };
}

function deedOf(
  content: ChangingContent,
  { kind, module: named, byAlias, step, score, own, receivedAt }: Sent,
  at: string,
  deeds: readonly Deed[],
): Deed | "refused" | undefined {
  const module = meantBy(content, "module", byAlias ? `${named}-old` : named);
  if (kind === "step") return { kind, module, step, at };
  const { steps = [], pass, from } = content.modules[module] ?? {};
  if (kind === "score") return own && pass === undefined ? undefined : { kind, module, score, at };
  const hasConditions = steps.length > 0 || pass !== undefined;
  const isClaim = hasConditions && (from === undefined || from <= (own ? receivedAt : at));
  if (!isClaim) return { kind: "mark", module, at, receivedAt, own, known: isKnownModule(content, module) };
  if (moduleDoneAt(content, module, deeds, receivedAt) === undefined) return "refused";
  return { kind: "claim", module, at, acceptedAt: receivedAt };
}
