import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWaymark } from "../../src/client/waymark.ts";
import { createIssuer } from "../support/builders/tokens.ts";

import { type ServiceHere, startServiceHere } from "../support/processes/service-here.ts";
import { type Gate, openGate } from "./support/gate.ts";

describe("the client in Node, with a token and without storage,", () => {
  let service: ServiceHere;
  let gate: Gate;
  let token: string;
  beforeAll(async () => {
    const issuer = await createIssuer();
    service = await startServiceHere({ ...issuer.variables, LOG_LEVEL: "ERROR" });
    gate = await openGate(service.url);
    token = await issuer.mint({ sub: "server", scope: "waymark:write waymark:read" });
  });
  afterAll(() => gate.close());

  it("sends for any learner what is tracked, together, and reads it", async () => {
    const waymark = createWaymark({ url: `${gate.url}/`, learner: "a/b", token });
    const answers = await Promise.all([
      waymark.track("learning_module_started", { module_slug: "m-1", ts: "2026-01-18T10:00:00Z" }),
      waymark.track("learning_module_completed", { module_slug: "m-1" }),
    ]);
    expect(answers.map((answer) => answer?.status)).toEqual(["accepted", "accepted"]);
    expect(gate.arrivals.map(({ ids }) => ids.length)).toEqual([2]);
    expect(await waymark.module("m-1")).toMatchObject({ started_at: "2026-01-18T10:00:00.000Z", status: "completed" });
    expect(await waymark.progress()).toMatchObject({ learner_id: "a/b", modules: { "m-1": { status: "completed" } } });
    expect(waymark.pending).toBe(0);
  });

  it("keeps in memory what finds nobody, and sends it later", async () => {
    const waymark = createWaymark({ url: gate.url, learner: "123", token: () => token });
    gate.next.push("drop", "lose");
    const answer = waymark.track("learning_module_completed", { module_slug: "m-2" });
    expect(await answer).toMatchObject({ status: "accepted", learner_id: "123" });
    expect(gate.arrivals.slice(-3).map(({ fault }) => fault)).toEqual(["drop", "lose", undefined]);
  });

  it("throws what a read is refused with", async () => {
    const waymark = createWaymark({ url: gate.url, learner: "123", token: "none" });
    await expect(waymark.course("ruby")).rejects.toMatchObject({ name: "WaymarkError", code: "UNAUTHENTICATED" });
  });
});
