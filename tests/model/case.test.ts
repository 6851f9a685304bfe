import { describe, expect, it } from "vitest";
import { camelCase, camelKeys, snakeCase, snakeKeys } from "../../src/model/case.ts";

describe("a key's case", () => {
  it.each([
    ["module_slug", "moduleSlug"],
    ["slug", "slug"],
    ["last_completed_at", "lastCompletedAt"],
    ["", ""],
  ])("%j and %j are one key", (snake, camel) => {
    expect(camelCase(snake)).toBe(camel);
    expect(snakeCase(camel)).toBe(snake);
    // Once more, now that the key is known.
    expect(camelCase(snake)).toBe(camel);
  });

  it("is converted for any number of keys", () => {
    for (let index = 0; index < 2_000; index++) expect(camelCase(`key_x${index}`)).toBe(`keyX${index}`);
  });
});

describe("an object's keys", () => {
  it("change at the top and not inside", () => {
    const inside = { not_this: [{ norThis: 1 }] };
    expect(camelKeys({ module_slug: "m", task_data: inside })).toEqual({ moduleSlug: "m", taskData: inside });
    expect(snakeKeys({ moduleSlug: "m", taskData: inside })).toEqual({ module_slug: "m", task_data: inside });
  });

  it.each([camelKeys, snakeKeys])(
    "are left out where the value is undefined, and kept for null, 0 and false",
    (convert) => {
      expect(Object.entries(convert({ a: undefined, b: null, c: 0, d: false }))).toEqual([
        ["b", null],
        ["c", 0],
        ["d", false],
      ]);
    },
  );
});
