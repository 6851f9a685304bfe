import fc from "fast-check";
import { expect, it } from "vitest";
import { linesOf } from "../../../../src/service/jobs/remote/lines-of.ts";
import { holds } from "../../../support/vitest/property.ts";
import { RUNS } from "../../../support/vitest/runs.ts";

it("The parts of an object have each of its lines once and whole, wherever it is divided and however it is read", async () => {
  await holds(
    fc.asyncProperty(
      fc.array(fc.constantFrom("", "[", '{"a":"é"},', "]", '{"learner":"with much to tell"}'), { maxLength: 12 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 30 }),
      async (lines, endsInNewline, parts, chunkBytes) => {
        const object = Buffer.from(lines.join("\n") + (endsInNewline ? "\n" : ""));
        const bytes = object.length;
        const bucket = {
          bytes: async (_: string, range = { from: 0, to: bytes }) => object.subarray(range.from, range.to),
        };
        const read = async (from: number, to: number) => {
          const found = [];
          for await (const line of linesOf(bucket, { key: "k", bytes }, { from, to }, chunkBytes)) found.push(line);
          return found;
        };
        const edges = Array.from({ length: parts + 1 }, (_, index) => Math.floor((bytes * index) / parts));
        const found = [];
        for (const [index, from] of edges.slice(0, -1).entries())
          found.push(...(await read(from, edges[index + 1] ?? 0)));

        const wanted = object.toString().split("\n");
        if (wanted.at(-1) === "") wanted.pop();
        expect(found.map(({ text }) => text)).toEqual(wanted);
        // Whoever goes on where a line ended has the others.
        for (const [index, { next }] of found.entries())
          expect(await read(next, bytes)).toEqual(found.slice(index + 1));
      },
    ),
    RUNS.pure,
  );
});
