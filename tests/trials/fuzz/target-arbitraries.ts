import fc from "fast-check";
import { PLANTED } from "../../support/oracles/leaks.ts";

const SEGMENTS = [
  ..."learners courses pathways modules completions completion-data summary progress history sessions reviews".split(
    " ",
  ),
  ..."catalog health events track ruby strings full-stack fuzz-1 export".split(" "),
  ..."%00 %2F %2f%2e%2e %252e%252e .. . %ff %C0%AF %ED%A0%80 % %zz %E0%A4%A __proto__ constructor %0d%0aX:1 ; a;b=c \\ ~ * @ : |".split(
    " ",
  ),
  "",
  PLANTED,
  `${PLANTED}%40example.com`,
  "x".repeat(300),
  "%C3%A9%F0%9F%98%80",
  "\xe9\xff",
];
const KNOWN_PATHS = [
  "/events/track",
  "/learners/fuzz-1/progress",
  "/learners/fuzz-1/history",
  "/learners/fuzz-1/sessions",
  "/learners/fuzz-1/reviews",
  "/learners/fuzz-2/modules/strings",
  "/learners/fuzz-2/courses/ruby",
  "/learners/fuzz-2/pathways/full-stack",
  "/modules/strings/completions",
  "/modules/strings/completion-data/summary",
  "/courses/ruby/completions",
  "/catalog",
  "/catalog/versions",
  "/runs",
  "/runs/backfill-example",
  "/runs/..%2f..%2fetc",
  "/health",
];
const TARGETS = [
  "*",
  "//",
  "///health",
  "/health/",
  "/health#x",
  "/health?",
  "?",
  "/..",
  "/../../etc/passwd",
  "/%2e%2e/%2e%2e/etc/passwd",
  "health",
  "http://example.com/health",
  "http://[/health",
  "https://localhost/health",
  "localhost:80",
  "/he alth",
  "/health\tx",
  "/\x01",
  `/${"a/".repeat(2_000)}`,
  `/${"x".repeat(20_000)}`,
];
const QUERY_KEYS = [
  "limit",
  "cursor",
  "since",
  "until",
  "due_before",
  "token",
  "__proto__",
  "limit[]",
  "constructor",
  "",
];
const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const QUERY_VALUES = [
  ..."1 0 -1 1000 1001 1e3 %D9%A3 99999999999999999999 NaN null %00 % %% %ff + , [] {} 0x1".split(" "),
  "",
  PLANTED,
  "2026-01-18T10:00:00Z",
  "9999-12-31T23:59:59.999Z",
  "0000-01-01T00:00:00Z",
  "2026-01-18T10:00:00%2B05:30",
  cursor(["2026-01-18T10:00:00.000Z", "e-1"]),
  cursor(["#", "#"]),
  cursor([null, 1]),
  cursor(["é".repeat(600), "x"]),
  cursor({ __proto__: [] }),
  "A".repeat(3_000),
];

/** What stands behind the method, from known paths to what is no path at all. */
export const target = fc
  .tuple(
    fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...KNOWN_PATHS) },
      {
        weight: 4,
        arbitrary: fc.array(fc.constantFrom(...SEGMENTS), { maxLength: 5 }).map((some) => `/${some.join("/")}`),
      },
      {
        weight: 4,
        arbitrary: fc
          .tuple(fc.constantFrom(...KNOWN_PATHS), fc.constantFrom(...SEGMENTS), fc.nat({ max: 4 }))
          .map(([path, segment, at]) =>
            path
              .split("/")
              .map((own, index) => (index === at + 1 ? segment : own))
              .join("/"),
          ),
      },
      { weight: 2, arbitrary: fc.constantFrom(...TARGETS) },
    ),
    fc.array(fc.tuple(fc.constantFrom(...QUERY_KEYS), fc.constantFrom(...QUERY_VALUES)), { maxLength: 3 }),
  )
  .map(
    ([path, query]) => path + (query.length > 0 ? `?${query.map(([key, value]) => `${key}=${value}`).join("&")}` : ""),
  );
