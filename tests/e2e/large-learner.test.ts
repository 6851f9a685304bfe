import type { Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/processes/service.ts";
import { startDynalite } from "../support/processes/stores.ts";
import { isLong } from "../support/vitest/runs.ts";
import { type Cost, LARGEST, type LargeLearner, largeLearner, type Size } from "../trials/large/large-learner.ts";

/** What a Lambda may answer. */
const LAMBDA_ANSWER_BYTES = 6 * 1_024 * 1_024;

// What each kind of request costs, on both stores: `npm run bench -- large`.
const SIZE: Size = isLong ? LARGEST : { courses: 10, modulesPerCourse: 100, pathways: 1 };
const modulesIn = ({ courses, modulesPerCourse }: Size) => courses * modulesPerCourse;

describe(`A learner who finishes ${modulesIn(SIZE)} modules in ${SIZE.courses} courses`, () => {
  let server: Server;
  let learner: LargeLearner;
  beforeAll(async () => {
    const dynalite = await startDynalite();
    server = dynalite.server;
    learner = await largeLearner(dynalite.endpoint, temporaryFolder(), SIZE, "plain");
  });
  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
  });
  const cost = (what: string) => learner.costs.find((one) => one.what === what) as Cost;

  it("is answered throughout, and has finished everything", () => {
    expect(learner.costs.filter(({ status }) => status !== 200)).toEqual([]);
    expect([learner.courses, learner.pathways]).toEqual([SIZE.courses, SIZE.pathways]);
  });

  it("still takes one Query for an event, whatever has been done before", () => {
    const started = learner.costs.filter(({ what }) => what === "one module started");
    expect(started).toContainEqual(expect.objectContaining({ calls: 2, readUnits: 1 }));
    // The attempt, the fact, the Query, a flag for the course and one for the pathway, and whether the learner is
    // deleted: beside the Query, and again behind the flags.
    expect(cost("the last module, which completes a course and a pathway").calls).toBe(7);
    expect(cost("batch of 100 completions, of a later course").calls).toBe(204);
  });

  it("reads all progress in one answer that a Lambda may give", () => {
    // What is said of each module has the same length, however many there are.
    const times = modulesIn(LARGEST) / modulesIn(SIZE);
    expect(times * cost("GET progress").inEnvelope).toBeLessThan(LAMBDA_ANSWER_BYTES);
  });

  it("is settled by a backfill that sets every flag again", () => {
    expect(learner.backfill.flags).toBe(SIZE.courses + SIZE.pathways);
  });
});
