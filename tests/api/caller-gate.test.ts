import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Caller } from "../../src/api/caller.ts";
import { ANYONE } from "../../src/api/caller.ts";
import { createCallerGate } from "../../src/api/caller-gate.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const learner = (learnerId: string, subject = learnerId): Caller => ({ learnerId, scopes: new Set(), subject });
const server = (subject: string): Caller => ({ learnerId: undefined, scopes: new Set(["waymark:write"]), subject });
const LIMITS = { learner: { rate: 10, burst: 100 }, server: { rate: 1_000, burst: 5_000 } };

function gateAt(limits = LIMITS) {
  let time = Date.parse("2026-01-18T10:00:00Z");
  const gate = createCallerGate(limits, () => time);
  return {
    ask: (caller: Caller, units: number) => {
      const wait = gate.admit(caller);
      if (wait === 0) gate.charge(caller, units);
      return wait;
    },
    pass: (seconds: number) => {
      time += seconds * 1_000;
    },
  };
}

describe("a caller", () => {
  it.each([
    ["comes in while anything is left, and pays for all of it", 99, 1, 0],
    ["with nothing left waits for one second, if that is enough", 100, 0, 1],
    ["who owes waits until it is paid", 400, 0, 31],
    ["who owes and waited too little waits for the rest", 400, 10, 21],
    ["who waited as long as he was told comes in", 400, 31, 0],
  ])("%s", (_, units, seconds, wait) => {
    const { ask, pass } = gateAt();
    expect(ask(learner("ada"), units)).toBe(0);
    pass(seconds);
    expect(ask(learner("ada"), 1)).toBe(wait);
  });

  it.each([
    ["another learner", learner("bob")],
    ["a server of the same name", server("ada")],
    ["whoever needs no token", ANYONE],
  ])("does not wait for %s", (_, other) => {
    const { ask } = gateAt();
    ask(learner("ada"), 1_000);
    expect(ask(learner("ada"), 1)).toBeGreaterThan(0);
    expect(ask(other, 1)).toBe(0);
  });

  it("is the same one with another token, and by another app", () => {
    const { ask } = gateAt();
    ask(learner("ada", "web"), 1_000);
    expect(ask(learner("ada", "phone"), 1)).toBeGreaterThan(0);
  });

  it("of a kind without a limit never waits", () => {
    const gate = createCallerGate({ learner: LIMITS.learner });
    for (let count = 0; count < 100; count++) {
      expect(gate.admit(server("lms"))).toBe(0);
      gate.charge(server("lms"), 1_000_000);
    }
  });

  it("waits no longer when the clock is set back", () => {
    const { ask, pass } = gateAt();
    ask(learner("ada"), 105);
    pass(-3_600);
    expect(ask(learner("ada"), 1)).toBe(1);
  });

  it("who was here longest ago is forgotten before anyone else is, so that memory does not grow", () => {
    const { ask } = gateAt();
    ask(learner("ada"), 1_000);
    for (let count = 0; count < 9_999; count++) ask(learner(`l-${count}`), 1_000);
    expect(ask(learner("ada"), 1)).toBeGreaterThan(0);
    ask(learner("one more"), 1);
    expect(ask(learner("l-1"), 1)).toBeGreaterThan(0);
    expect(ask(learner("ada"), 1)).toBe(0);
  });
});

it("whatever a caller does, he gets no more than the burst, the rate, and one request beyond; and is let in when told", async () => {
  const step = fc.record({
    units: fc.integer({ min: 1, max: 400 }),
    pause: fc.integer({ min: 0, max: 4_000 }),
  });
  await holds(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      let time = 0;
      const gate = createCallerGate(LIMITS, () => time);
      let [taken, largest] = [0, 0];
      for (const { units, pause } of steps) {
        time += pause;
        const wait = gate.admit(learner("ada"));
        // Who waits as he is told is let in: nobody else's requests are counted with his.
        if (wait > 0) {
          time += wait * 1_000;
          expect(gate.admit(learner("ada"))).toBe(0);
        }
        gate.charge(learner("ada"), units);
        taken += units;
        largest = Math.max(largest, units);
        expect(taken).toBeLessThanOrEqual(LIMITS.learner.burst + largest + (time / 1_000) * LIMITS.learner.rate);
      }
    }),
    RUNS.pure,
  );
});
