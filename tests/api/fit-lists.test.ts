import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitLists, type KnownSizes } from "../../src/api/fit-lists.ts";
import { jsonBytes } from "../../src/service/read/answer-size.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const list = (length: number) => Array.from({ length }, (_, index) => ({ slug: `module-${index}` }));

describe("An answer", () => {
  const answer = { code: "X", missing: list(1_500), locked_by: list(2) };

  it("that is exactly as large as it may be is left as it is", () => {
    expect(fitLists(answer, jsonBytes(answer))).toBe(answer);
  });

  it("that is one byte too large loses entries of its longest list, and says how many", () => {
    const cut = fitLists(answer, jsonBytes(answer) - 1) as typeof answer & { missing_more: number };
    expect(cut.missing.length + cut.missing_more).toBe(1_500);
    expect(cut.missing_more).toBeLessThan(10);
    expect(cut.missing).toEqual(answer.missing.slice(0, cut.missing.length));
    expect(cut).not.toHaveProperty("locked_by_more");
    expect(answer.missing).toHaveLength(1_500);
  });

  it("keeps a short list whole beside a long one", () => {
    expect(fitLists(answer, 1_000)).toMatchObject({ code: "X", locked_by: list(2), missing_more: expect.any(Number) });
  });

  it("cuts lists inside of what it holds", () => {
    const cut = fitLists({ module: { tasks: list(400) }, warnings: [] }, 2_000);
    expect(cut.module).toMatchObject({ tasks_more: 400 - cut.module.tasks.length });
  });

  it("counts what was left out before", () => {
    const cut = fitLists({ errors: list(20), errors_more: 80 }, 400);
    expect(cut.errors.length + cut.errors_more).toBe(100);
  });

  it("shows what a learner sent as it was sent", () => {
    const sent = { completion_data: { list: list(50) }, missing: list(50) };
    expect(fitLists(sent, 3_000).completion_data).toEqual(sent.completion_data);
  });

  it("with nothing to cut is left as it is", () => {
    const whole = { slug: "x".repeat(100) };
    expect(fitLists(whole, 50)).toEqual(whole);
  });
});

it("Whatever its lists are, an answer fits, and no entry is lost uncounted", async () => {
  const entry = fc.record({ slug: fc.string({ unit: "binary", maxLength: 200 }) });
  const lists = fc.dictionary(
    fc.constantFrom("missing", "errors", "unlocked", "tasks", "steps"),
    fc.array(entry, { maxLength: 60, size: "max" }),
  );
  await holds(
    fc.asyncProperty(lists, lists, fc.integer({ min: 1_500, max: 12_000 }), async (outer, inner, most) => {
      const whole: Record<string, unknown> = { ...outer, module: inner };
      const cut = fitLists(whole, most) as Record<string, unknown>;
      expect(jsonBytes(cut)).toBeLessThanOrEqual(most);
      for (const [before, after] of [
        [outer, cut],
        [inner, cut.module],
      ] as [Record<string, unknown[]>, Record<string, unknown>][])
        for (const [name, entries] of Object.entries(before)) {
          const kept = after[name] as unknown[];
          expect(kept.length + Number(after[`${name}_more`] ?? 0)).toBe(entries.length);
          expect(entries.slice(0, kept.length)).toEqual(kept);
        }
    }),
    RUNS.pure,
  );
});

it("A list that many answers share is measured once", () => {
  let made = 0;
  const missing = Array.from({ length: 50 }, (_, index) => ({
    toJSON: () => {
      made++;
      return { slug: `module-${index}` };
    },
  }));
  const known: KnownSizes = new Map();
  const alone = fitLists({ code: "X", missing }, 1_000);
  made = 0;
  const answers = Array.from({ length: 100 }, () => fitLists({ code: "X", missing }, 1_000, known));
  expect(made).toBeLessThanOrEqual(missing.length);
  expect(answers).toEqual(Array(100).fill(alone));
});
