import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cursor, type List, mergeLists, type Place, type Start } from "../../src/store/merge-lists.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const timeOf = (tick: number) => new Date(Date.UTC(2026, 0, 18) + tick).toISOString();
const FROM = "0";

/** A list in memory. Within a time it has an order of its own, as an index has; `taken` is what it was made to look at. */
function listOf(name: string, times: readonly number[], isWanted: (place: Place) => boolean = () => true) {
  const places = times
    .toSorted((a, b) => a - b)
    .map((tick, index): Place => ({ at: timeOf(tick), id: `${name}${(index * 7) % 10}-${index}` }));
  const list: List<Place> & { taken: number } = {
    name,
    taken: 0,
    async read(start: Start, limit: number) {
      const first =
        "from" in start
          ? places.findIndex(({ at }) => at >= start.from)
          : places.findIndex(({ id }) => id === start.behind.id) + 1;
      const rest = first < 0 ? [] : places.slice(first);
      const looked = rest.slice(0, limit);
      list.taken += looked.length;
      const rows = looked.filter(isWanted).map((row) => ({ ...row, row }));
      return { rows, ended: looked.length === limit ? looked.at(-1) : undefined };
    },
  };
  return { list, places };
}

async function pagesOf(lists: List<Place>[], limit: number, looking?: { first: number; more: number }) {
  const pages: { rows: Place[]; next: Cursor | undefined }[] = [];
  let after: Cursor | undefined;
  do {
    const { rows, next } = await mergeLists(lists, { limit, from: FROM, after, looking });
    pages.push({ rows: rows.map(({ row }) => row), next });
    after = next;
  } while (after !== undefined && pages.length < 2_000);
  return pages;
}

// Few times, so that many rows have the same one, in one list and across lists.
const anyLists = fc.array(fc.array(fc.nat(12), { maxLength: 40 }), { minLength: 1, maxLength: 6 });

describe("mergeLists", () => {
  it("tells every row once, in order of time, whatever the pages", async () => {
    const property = fc.asyncProperty(anyLists, fc.integer({ min: 1, max: 30 }), async (times, limit) => {
      const made = times.map((ticks, index) => listOf(String.fromCharCode(97 + index), ticks));
      const pages = await pagesOf(
        made.map(({ list }) => list),
        limit,
      );
      const told = pages.flatMap(({ rows }) => rows);
      expect(told.map(({ at }) => at)).toEqual(times.flat().map(timeOf).sort());
      expect(told.map(({ id }) => id).sort()).toEqual(made.flatMap(({ places }) => places.map(({ id }) => id)).sort());
      // Without a filter, each page but the last has all that was asked for.
      for (const { rows, next } of pages) if (next !== undefined) expect(rows).toHaveLength(limit);
    });
    await holds(property, RUNS.pure);
  });

  it("tells every wanted row once where most are not wanted, and never more than asked for", async () => {
    const property = fc.asyncProperty(anyLists, fc.integer({ min: 1, max: 8 }), async (times, limit) => {
      const isWanted = ({ id }: Place) => id.endsWith("3");
      const made = times.map((ticks, index) => listOf(String.fromCharCode(97 + index), ticks, isWanted));
      const pages = await pagesOf(
        made.map(({ list }) => list),
        limit,
        { first: 2, more: 3 },
      );
      for (const { rows } of pages) expect(rows.length).toBeLessThanOrEqual(limit);
      const told = pages.flatMap(({ rows }) => rows.map(({ id }) => id));
      expect(told.toSorted()).toEqual(
        made.flatMap(({ places }) => places.filter(isWanted).map(({ id }) => id)).toSorted(),
      );
    });
    await holds(property, RUNS.pure);
  });

  it("looks at little more than the page where rows are spread evenly, and at a page of each list where they are not", async () => {
    const even = Array.from({ length: 16 }, (_, shard) =>
      listOf(
        `even ${shard}`,
        Array.from({ length: 500 }, (_, index) => index * 16 + shard),
      ),
    ).map(({ list }) => list);
    const page = await mergeLists(even, { limit: 1_000, from: FROM });
    expect(page.rows).toHaveLength(1_000);
    expect(even.reduce((sum, { taken }) => sum + taken, 0)).toBeLessThanOrEqual(1_500);

    // All that comes first is in one list.
    const odd = Array.from({ length: 16 }, (_, shard) =>
      listOf(
        `odd ${shard}`,
        Array.from({ length: 2_000 }, (_, index) => (shard === 3 ? index : 100_000 + index)),
      ),
    ).map(({ list }) => list);
    expect((await mergeLists(odd, { limit: 1_000, from: FROM })).rows).toHaveLength(1_000);
    expect(odd.reduce((sum, { taken }) => sum + taken, 0)).toBeLessThanOrEqual(15 * 88 + 1_000);
  });
});
