import fc from "fast-check";
import { PLANTED } from "../../support/oracles/leaks.ts";

export type Header = [name: string, value: string];

/** What a client may send to prove who it is; `areAskedFor` where the service takes nobody's word. */
export type Tokens = { good: string[]; bad: string[]; areAskedFor: boolean };

const binary = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("latin1"));

const strange = fc.constantFrom<Header[]>(
  [["Origin", "https://evil.example.com"]],
  [["Origin", "null"]],
  [["Origin", "http://localhost:3000"]],
  [["Origin", "\xff"]],
  [["Expect", "100-continue"]],
  [["Expect", "the-unexpected"]],
  [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
  ],
  [
    ["Upgrade", "h2c"],
    ["Connection", "Upgrade, HTTP2-Settings"],
    ["HTTP2-Settings", "AAMAAABkAAQAAP__"],
  ],
  [["Connection", "close"]],
  [["Connection", "keep-alive, close, x"]],
  [["Accept", "text/html"]],
  [["Accept-Encoding", "gzip, br"]],
  [["If-None-Match", '*, "a", W/"b", "']],
  [["Range", "bytes=0-1,5-"]],
  [["X-HTTP-Method-Override", "DELETE"]],
  [
    ["X-Forwarded-For", "1.2.3.4"],
    ["X-Forwarded-Host", "evil.example.com"],
    ["Forwarded", "for=x"],
  ],
  [["X-Request-Id", PLANTED]],
  [["User-Agent", `${PLANTED}@example.com`]],
  [["Cookie", `session=${PLANTED}; ${"a=b; ".repeat(500)}`]],
  [["Content-Encoding", "gzip"]],
  [
    ["Content-Type", "text/html"],
    ["Content-Type", "application/json"],
  ],
  [["Host", "evil.example.com"]],
  [
    ["Host", "localhost"],
    ["Host", "evil.example.com"],
  ],
  [
    ["Access-Control-Request-Method", "DELETE"],
    ["Origin", "https://evil.example.com"],
  ],
  [
    ["__proto__", "x"],
    ["constructor", "y"],
  ],
  [
    ["Te", "trailers"],
    ["Trailer", "X-Last"],
  ],
  [["X-Fold", "one\r\n two"]],
  [["X Bad", "1"]],
  [["", "1"]],
  [["X-Big", "x".repeat(9_000)]],
  [["X-Too-Big", "x".repeat(70_000)]],
);

const many = fc.oneof(
  fc
    .constantFrom(60, 400, 2_500)
    .map((count) => Array.from({ length: count }, (_, index): Header => [`X-${index}`, "y"])),
  fc.constantFrom(50, 3_000).map((count) => Array.from({ length: count }, (): Header => ["X-Same", "y"])),
);
const oddHeader = fc.oneof(
  { weight: 12, arbitrary: strange },
  { weight: 2, arbitrary: many },
  { weight: 1, arbitrary: binary.map((value): Header[] => [["X-Binary", value]]) },
);

/** Headers that have nothing to do with the event; mostly none. */
export const oddHeaders: fc.Arbitrary<Header[]> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Header[]>([]) },
  { weight: 3, arbitrary: oddHeader },
  { weight: 1, arbitrary: fc.tuple(oddHeader, oddHeader).map((some) => some.flat()) },
);

const CONTENT_TYPES = [
  "application/json",
  "text/plain;charset=UTF-8",
  "text/plain",
  "application/json; charset=utf-16",
  "APPLICATION/JSON",
  "application/problem+json",
  "multipart/form-data; boundary=x",
  "application/x-www-form-urlencoded",
  ";",
  "",
];

export const contentType: fc.Arbitrary<Header[]> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Header[]>([["Content-Type", "application/json"]]) },
  { weight: 3, arbitrary: fc.constantFrom(...CONTENT_TYPES).map((type): Header[] => [["Content-Type", type]]) },
  { weight: 1, arbitrary: fc.constant<Header[]>([]) },
);

/** Good tokens, bad ones, and what is none. */
export function authorization({ good, bad, areAskedFor }: Tokens): fc.Arbitrary<Header[]> {
  const [anyGood, anyBad] = [fc.constantFrom(...good), fc.constantFrom(...bad)];
  const sent = fc
    .oneof(
      { weight: 16, arbitrary: anyGood.map((token) => `Bearer ${token}`) },
      { weight: 3, arbitrary: anyBad.map((token) => `Bearer ${token}`) },
      { weight: 1, arbitrary: anyGood.map((token) => `bearer   ${token}`) },
      { weight: 1, arbitrary: anyGood.map((token) => `Bearer ${token}, Bearer ${token}`) },
      { weight: 1, arbitrary: anyGood.map((token) => `${token}`) },
      {
        weight: 1,
        arbitrary: fc.tuple(anyGood, fc.nat()).map(([token, at]) => `Bearer ${token.slice(0, at % token.length)}`),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          "",
          "Bearer",
          "Bearer ",
          "Basic YTpi",
          "Bearer a.b.c",
          "Bearer ..",
          "Digest x",
          `Bearer ${"x".repeat(12_000)}`,
        ),
      },
      { weight: 1, arbitrary: binary.map((value) => `Bearer ${value}`) },
    )
    .map((value): Header[] => [["Authorization", value]]);
  const nothing = fc.constant<Header[]>([]);
  return fc.oneof(
    { weight: areAskedFor ? 6 : 1, arbitrary: sent },
    { weight: areAskedFor ? 1 : 4, arbitrary: nothing },
  );
}
