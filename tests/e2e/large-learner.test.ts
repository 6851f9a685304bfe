import type { Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/processes/service.ts";
import { startDynalite } from "../support/processes/stores.ts";
import { type Cost, LARGEST, type LargeLearner, largeLearner } from "../trials/large/large-learner.ts";

/** What a Lambda may answer. */
const LAMBDA_ANSWER_BYTES = 6 * 1_024 * 1_024;

// What each kind of request costs, on both stores: `npm run bench -- large`.
describe("A learner who finishes 5,000 modules in 50 courses and 5 pathways", () => {
  let server: Server;
  let learner: LargeLearner;
  beforeAll(async () => {
    const dynalite = await startDynalite();
    server = dynalite.server;
    learner = await largeLearner(dynalite.endpoint, temporaryFolder(), LARGEST, "plain");
  }, 180_000);
  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
  });
  const cost = (what: string) => learner.costs.find((one) => one.what === what) as Cost;

  it("is answered throughout, and has finished everything", () => {
    expect(learner.costs.filter(({ status }) => status !== 200)).toEqual([]);
    expect([learner.courses, learner.pathways]).toEqual([LARGEST.courses, LARGEST.pathways]);
  });

  it("still takes one Query for an event, whatever has been done before", () => {
    expect(cost("one module started")).toMatchObject({ calls: 1, readUnits: 0 });
    // The attempt, the fact, the Query, and a flag for the course and one for the pathway.
    expect(cost("the last module, which completes a course and a pathway").calls).toBe(5);
    expect(cost("batch of 100 completions, of a later course").calls).toBe(202);
  });

  it("reads all progress in one answer that a Lambda may give", () => {
    expect(cost("GET progress").inEnvelope).toBeLessThan(LAMBDA_ANSWER_BYTES);
  });

  it("is settled by a backfill that sets every flag again", () => {
    expect(learner.backfill.flags).toBe(LARGEST.courses + LARGEST.pathways);
  });
});
