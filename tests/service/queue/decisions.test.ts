import { expect, it } from "vitest";
import type { DeadLetter } from "../../../src/aws/dead-letters.ts";
import { parseBody } from "../../../src/model/parse-body.ts";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { createIngestByLearner } from "../../../src/service/ingest/ingest.ts";
import { createTakeMessages } from "../../../src/service/queue/take-messages.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";

const catalog = catalogOf({ "courses/ruby.json": { slug: "ruby", modules: ["strings"] } });
const open = sqliteStore();

it.each([
  ["module_waived", { module_slug: "strings" }, true],
  ["course_waived", { course_slug: "ruby", withdrawn: true }, true],
  ["attempts_granted", { module_slug: "strings", task_slug: "quiz", count: 1 }, true],
  ["event_voided", { event_id: "e-1" }, true],
  ["course_reset", { course_slug: "ruby" }, false],
  ["pathway_reset", { pathway_slug: "dev" }, false],
  ["identity_linked", { alias: { email: "ada@example.com" } }, false],
] as const)(
  "from a queue learning_%s %j is taken as from a server with waymark:write: %s",
  async (name, fields, isTaken) => {
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const letters: DeadLetter[] = [];
    const take = createTakeMessages({
      ingest: createIngestByLearner({ store: open().store, catalog: fixedCatalog(catalog), log }),
      parse: parseBody,
      bury: async (letter) => void letters.push(letter),
      log,
      metrics: { add() {}, publish() {} },
    });
    const learner = `learner-${name}`;
    const body = JSON.stringify({
      eventName: `learning_${name}`,
      contactIdentifier: { contactId: learner },
      payload: { ...fields, reason: "because" },
    });
    expect(await take([{ id: "m-1", body, receiveCount: 1, sentAt: "2026-01-18T10:00:00.000Z" }])).toEqual([]);
    expect(letters.map(({ code }) => code)).toEqual(isTaken ? [] : ["FORBIDDEN"]);
    const { attempts } = await open().store.attempts(learner, { limit: 9, kind: "decision" });
    expect(attempts.map(({ by }) => by)).toEqual(isTaken ? ["queue"] : []);
  },
);
