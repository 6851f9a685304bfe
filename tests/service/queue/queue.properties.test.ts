import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { DeadLetter } from "../../../src/aws/dead-letters.ts";
import { AppError } from "../../../src/model/errors.ts";
import { parseBody } from "../../../src/model/parse-body.ts";
import { parseEvent } from "../../../src/model/parse-event.ts";
import { toTimestamp } from "../../../src/model/time.ts";
import { noMetrics } from "../../../src/process/metrics.ts";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { createIngestByLearner } from "../../../src/service/ingest/ingest.ts";
import type { Message } from "../../../src/service/queue/message.ts";
import { createTakeMessages } from "../../../src/service/queue/take-messages.ts";
import { readProgress } from "../../../src/service/read/read.ts";
import type { Store } from "../../../src/store/store.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { describePropertyStores } from "../../support/processes/stores.ts";
import { holds } from "../../support/vitest/property.ts";

const CATALOG = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["a", "b"] },
  "modules/late/completion.json": { prerequisites: ["a"], enforce_order: true },
});
const log = { debug() {}, info() {}, warn() {}, error() {} };
const NOW = Date.parse("2026-01-20T12:00:00.000Z");
const DAY_MS = 86_400_000;

const KINDS = ["a", "b", "a", "b", "late", "claim", "started", "broken", "unknown course"] as const;
type Sent = { kind: (typeof KINDS)[number]; learner: number; minute: number | undefined };
type Mail = { events: Sent[] | "no JSON"; minute: number; isTwice: boolean };

const anySent: fc.Arbitrary<Sent> = fc.record({
  kind: fc.constantFrom(...KINDS),
  learner: fc.nat(1),
  // A time further ahead than five minutes is another test: there the first receipt stands, whichever message brings it.
  minute: fc.option(fc.nat(5), { nil: undefined }),
});
const anyMail: fc.Arbitrary<Mail> = fc.record({
  events: fc.oneof(
    { weight: 12, arbitrary: fc.array(anySent, { minLength: 1, maxLength: 5 }) },
    { weight: 1, arbitrary: fc.constant("no JSON" as const) },
  ),
  minute: fc.nat(9),
  isTwice: fc.boolean(),
});

/** Without a time of its own, or with one in its future, an event happened when it was sent, whenever it is taken. */
const happenedAt = ({ minute, sentAt }: Sent & { sentAt: number }) =>
  at(minute === undefined || minute - sentAt > 5 ? sentAt : minute);

const at = (minute: number) => toTimestamp(NOW - DAY_MS + minute * 60_000);

function bodyOf(run: string, events: Mail["events"]): string {
  if (events === "no JSON") return events;
  const raws = events.map((event) => rawOf(run, event));
  return JSON.stringify(raws.length === 1 ? raws[0] : { events: raws });
}

function rawOf(run: string, { kind, learner, minute }: Sent): object {
  const ts = minute === undefined ? {} : { ts: at(minute) };
  const event = (name: string, fields: object) => ({
    eventName: `learning_${name}`,
    contactIdentifier: { contactId: `${run}-${learner}` },
    payload: { ...ts, ...fields },
  });
  switch (kind) {
    case "claim":
      return event("course_completed", { course_slug: "ruby" });
    case "unknown course":
      return event("course_completed", { course_slug: "perl" });
    case "started":
      return event("module_started", { module_slug: "a" });
    case "broken":
      return event("module_completed", {});
    default:
      return event("module_completed", { module_slug: kind });
  }
}

/** What must have become of all messages in the end, whatever went wrong on the way. */
function oracle(run: string, mails: readonly Mail[], messages: readonly Message[]) {
  const sent = mails.flatMap(({ events, minute: sentAt }) =>
    events === "no JSON" ? [] : events.map((event) => ({ ...event, sentAt })),
  );
  const timesOf = (learner: number, kind: string) =>
    sent.filter((one) => one.learner === learner && one.kind === kind).map(happenedAt);
  const has = (learner: number, ...kinds: string[]) => kinds.every((kind) => timesOf(learner, kind).length > 0);
  const isRefused = ({ kind, learner }: Sent) =>
    kind === "broken" ||
    kind === "unknown course" ||
    (kind === "late" && !has(learner, "a")) ||
    (kind === "claim" && !has(learner, "a", "b"));

  const letters = new Map<string, string>();
  for (const [index, { events }] of mails.entries()) {
    const { id, body } = messages[index] as Message;
    if (events === "no JSON") letters.set(id, body);
    else {
      const refused = events.filter(isRefused);
      if (refused.length === events.length) letters.set(id, body);
      else if (refused.length > 0)
        letters.set(id, JSON.stringify({ events: refused.map((event) => rawOf(run, event)) }));
    }
  }
  const learner = (number: number) => ({
    completed: Object.fromEntries(
      ["a", "b", "late"].flatMap((slug) => {
        const first = timesOf(number, slug).sort()[0];
        return first === undefined || (slug === "late" && !has(number, "a")) ? [] : [[slug, first]];
      }),
    ),
    ruby: has(number, "a", "b"),
    attempts: new Set(
      sent
        .filter(({ learner, kind }) => learner === number && ["a", "b", "late"].includes(kind))
        .filter((event) => !isRefused(event))
        .map((event) => {
          const parsed = parseEvent(rawOf(run, event), at(event.sentAt));
          return parsed.ok ? `${parsed.event.at} ${parsed.event.id}` : "";
        }),
    ),
  });
  return { letters, learners: [learner(0), learner(1)] };
}

/** A small generator of numbers from 0 to 1 that a property can repeat. */
const randomOf = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

/** A store that fails now and then, before it has done what it was asked, or after. */
const failing = (store: Store, fails: () => boolean): Store =>
  new Proxy(store, {
    get: (target, name) => {
      const method = target[name as keyof Store] as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        const down = () => new AppError("STORE_UNAVAILABLE", "Down");
        if (fails()) throw down();
        const result = await method(...args);
        if (fails()) throw down();
        return result;
      };
    },
  });

const TROUBLED_ROUNDS = 2;

describePropertyStores("A queue's messages", ({ newStore, runs }) => {
  const open = newStore();

  it("each event of theirs ends in the facts or among the dead letters, as if nothing had gone wrong", async () => {
    await holds(
      fc.asyncProperty(fc.array(anyMail, { minLength: 1, maxLength: 6 }), fc.nat(), async (mails, seed) => {
        const run = randomUUID().slice(0, 8);
        const random = randomOf(seed);
        const messages = mails.map(
          ({ events, minute }, index): Message => ({
            id: `message-${index}`,
            body: bodyOf(run, events),
            receiveCount: 0,
            sentAt: at(minute),
          }),
        );
        const letters: DeadLetter[] = [];
        let isTroubled = true;
        const take = createTakeMessages({
          ingest: createIngestByLearner({
            store: failing(open().store, () => isTroubled && random() < 0.1),
            catalog: fixedCatalog(CATALOG),
            log,
            now: () => NOW,
          }),
          parse: parseBody,
          bury: async (letter) => {
            if (isTroubled && random() < 0.3) throw new Error("Down");
            letters.push(letter);
          },
          log,
          metrics: noMetrics,
        });
        /** Delivers messages in invocations of random size, two at a time. @returns those that are to come again */
        const deliver = async (deliveries: Message[]): Promise<Set<string>> => {
          const left = deliveries.map((one) => ({ one, order: random() })).sort((a, b) => a.order - b.order);
          const done = new Set<string>();
          while (left.length > 0) {
            const invocations = [0, 1].map(() => left.splice(0, 1 + Math.floor(random() * 3)).map(({ one }) => one));
            for (const [index, retried] of (await Promise.all(invocations.map((batch) => take(batch)))).entries())
              for (const { id } of invocations[index] as Message[]) if (!retried.includes(id)) done.add(id);
          }
          return new Set(deliveries.map(({ id }) => id).filter((id) => !done.has(id)));
        };

        let pending = messages;
        for (let round = 1; pending.length > 0; round++) {
          expect(round).toBeLessThanOrEqual(5);
          isTroubled = round <= TROUBLED_ROUNDS;
          const received = pending.map((message) => ({ ...message, receiveCount: round }));
          const twice = received.filter(({ id }) => mails[Number(id.slice(8))]?.isTwice);
          const left = await deliver([...received, ...twice]);
          pending = pending.filter(({ id }) => left.has(id));
        }

        const expected = oracle(run, mails, messages);
        const check = async () => {
          expect(new Map(letters.map(({ messageId, body }) => [messageId, body]))).toEqual(expected.letters);
          for (const [number, { completed, ruby, attempts }] of expected.learners.entries()) {
            const learner = `${run}-${number}`;
            const progress = await readProgress(open().store, CATALOG, learner);
            expect(
              Object.fromEntries(
                progress.modules.flatMap(({ slug, completedAt }) => (completedAt ? [[slug, completedAt]] : [])),
              ),
            ).toEqual(completed);
            expect(progress.courses.some(({ entity, state }) => entity.slug === "ruby" && state.flag)).toBe(ruby);
            const stored = await open().store.attempts(learner, { limit: 1_000 });
            // A claim that was refused before its facts came is in the history as well.
            const kept = stored.attempts.filter(({ kind }) => kind !== "claim");
            expect(kept.map(({ occurredAt, eventId }) => `${occurredAt} ${eventId}`).sort()).toEqual(
              [...attempts].sort(),
            );
          }
        };
        await check();
        for (const id of expected.letters.keys())
          if (!mails[Number(id.slice(8))]?.isTwice)
            expect(letters.filter(({ messageId }) => messageId === id)).toHaveLength(1);
        // A message that was done with may still be delivered once more.
        await deliver(messages.map((message) => ({ ...message, receiveCount: 5 })));
        await check();
      }),
      runs.history,
    );
  });
});
