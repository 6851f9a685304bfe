import fc from "fast-check";
import { expect, it } from "vitest";
import { ASKED, anyTermCase } from "../support/builders/term-arbitraries.ts";
import { received } from "../support/oracles/terms/sent.ts";
import { type Told, tell } from "../support/oracles/terms/terms-oracle.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

it("what the oracle tells depends neither on the order of arrival nor on repetition", async () => {
  const delivered = anyTermCase().chain(({ files, events }) =>
    fc.record({
      files: fc.constant(files),
      events: fc.constant(events),
      again: fc.shuffledSubarray([...events, ...events], { minLength: events.length }),
    }),
  );
  await holds(
    fc.property(delivered, ({ files, events, again }) => {
      const missed = events.filter((event) => !again.includes(event));
      const told = tell(files, received(events, ASKED), ASKED);
      expect(tell(files, received([...again, ...missed], ASKED), ASKED)).toEqual(told);
    }),
    RUNS.pure,
  );
});

it("the histories that are drawn come to everything that there is to tell", async () => {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  const countAll = ({ ids, modules, courses, pathways }: Told) => {
    if (ids.length > 1) count("joined");
    for (const { source } of Object.values(modules)) count(`module ${source}`);
    for (const { status, source, terms } of [...Object.values(courses), ...Object.values(pathways)]) {
      count(status);
      count(`source ${source}`);
      for (const { ended_by } of terms) count(`ended ${ended_by}`);
      if (terms.length > 2) count("three terms");
    }
    for (const { status } of Object.values(pathways)) count(`pathway ${status}`);
  };
  await holds(
    fc.property(anyTermCase({ minLength: 4 }), ({ files, events }) => {
      for (const one of Object.values(tell(files, received(events, ASKED), ASKED))) countAll(one);
    }),
    RUNS.pure,
    // Always the same histories: it is about what can be drawn, and what is rare is in some draws too seldom.
    { seed: 3 },
  );
  for (const what of [
    "joined",
    "module waived",
    "completed",
    "expired",
    "open",
    "source waived",
    "source imported",
    "ended renewed",
    "ended reset",
    "ended expired",
    "three terms",
    "pathway completed",
    "pathway expired",
  ])
    expect({ what, times: seen.get(what) ?? 0 }).toEqual({ what, times: expect.toSatisfy((times) => times >= 5) });
});
