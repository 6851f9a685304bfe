import fc from "fast-check";
import { NEEDED_FIELDS } from "../../support/builders/events.ts";
import { PLANTED } from "../../support/oracles/leaks.ts";

// JSON as text, since what is to be tried cannot all be had from a value: a key twice, a number that is none, bytes that
// are no characters. Two characters stand for bytes that no text has.
const INVALID = "\ue000";
const SURROGATE = "\ue001";
const BYTES: [string, Buffer][] = [
  [INVALID, Buffer.from([0xff, 0xfe, 0xc3, 0x28])],
  [SURROGATE, Buffer.from([0xed, 0xa0, 0x80])],
];

/** The bytes of such a text. */
export function bytesOf(text: string): Buffer {
  const [mark] = BYTES.filter(([character]) => text.includes(character));
  if (mark === undefined) return Buffer.from(text);
  const [character, bytes] = mark;
  return Buffer.concat(
    text.split(character).flatMap((part, index) => (index === 0 ? [bytesOf(part)] : [bytes, bytesOf(part)])),
  );
}

const quoted = (text: string) => JSON.stringify(text);
const nested = (depth: number, [open, close]: [string, string]) => `${open.repeat(depth)}1${close.repeat(depth)}`;

const ODD_STRINGS = [
  "",
  " ",
  "__proto__",
  "constructor",
  "toString",
  "prototype",
  "a#b",
  "MODULE#a",
  "../../etc/passwd",
  "%00",
  "\0",
  "\n",
  "\u202e\u200b😀",
  "ﬀ",
  "ß".repeat(100),
  "é".repeat(10_000),
  "x".repeat(200),
  "x".repeat(201),
  "x".repeat(257),
  "x".repeat(100_000),
  "модуль",
  "𝓼𝓵𝓾𝓰",
  "$ne",
  "' OR 1=1 --",
  "<script>alert(1)</script>",
  `${PLANTED}@example.com`,
  "attribute_not_exists(a)",
  ":learner",
];
const DATES = [
  "0000-01-01T00:00:00Z",
  "0000-01-01T00:00:00+23:59",
  "9999-12-31T23:59:59.999Z",
  "9999-12-31T23:59:59.9999999Z",
  "9999-12-31T23:59:59-23:59",
  "1970-01-01T00:00:00Z",
  "2026-02-29T00:00:00Z",
  "2024-02-29T23:59:60Z",
  "2026-01-18T24:00:00Z",
  "2026-01-18T10:00:00",
  "2026-01-18t10:00:00z",
  "2026-W03-7",
  "+275760-09-13T00:00:00Z",
  "275760-09-13T00:00:00.001Z",
  "-000001-01-01T00:00:00Z",
  "2026-01-18T10:00:00.000000000000000000001Z",
  "now",
];
/** JSON values, and what only looks like some. */
const oddValue = fc.oneof(
  fc.constantFrom(...ODD_STRINGS, ...DATES).map(quoted),
  fc.constantFrom(
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "1.5",
    "1e308",
    "1e999",
    "-1e999",
    "5e-324",
    "9007199254740993",
    "123456789012345678901234567890123456789012345",
    "9".repeat(5_000),
    "NaN",
    "Infinity",
    "undefined",
    "0x10",
    "01",
    "+1",
    "''",
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"\\u0000"',
    '"\\x41"',
    `"${INVALID}"`,
    `"${SURROGATE}"`,
    '"\t"',
    "{}",
    "[]",
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":1}}',
    '{"toString":1,"valueOf":2,"hasOwnProperty":3}',
    '{"S":"a"}',
    '{"length":1,"0":"a"}',
    nested(20, ["[", "]"]),
    nested(29, ["[", "]"]),
    nested(40, ['{"a":', "}"]),
    nested(3_000, ["[", "]"]),
    nested(40_000, ["[", "]"]),
    `[${"1,".repeat(5_000)}1]`,
    `{${Array.from({ length: 300 }, (_, index) => `"k${index}":${index}`).join(",")}}`,
  ),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
  fc.string({ unit: "binary", maxLength: 30 }).map(quoted),
);

const NAMES = Object.keys(NEEDED_FIELDS) as (keyof typeof NEEDED_FIELDS)[];
const KEYS = [
  ...new Set([
    ...Object.values(NEEDED_FIELDS).flatMap((fields) => Object.keys(fields)),
    ...["ts", "completed_at", "enrollment_source", "attested", "answers", "completion_data", "items_studied", "source"],
    ...["eventName", "eventId", "contactIdentifier", "payload", "token", "name", "events", "__proto__", "constructor"],
  ]),
];

/** A key and its value, both as JSON text. */
type Entry = [key: string, value: string];
type Change = { how: "set" | "twice" | "drop"; place: number; key: string; value: string };

const change: fc.Arbitrary<Change> = fc.record({
  how: fc.constantFrom("set", "set", "set", "twice", "drop"),
  place: fc.nat({ max: 20 }),
  key: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...KEYS) }, fc.string({ unit: "binary", maxLength: 8 })),
  value: oddValue,
});

/** Alters a key that is there more often than one that is not. */
function changed(entries: Entry[], { how, place, key, value }: Change): Entry[] {
  const index = place < entries.length ? place : -1;
  const at = (entries[index]?.[0] ?? quoted(key)) as string;
  if (how === "twice") return [...entries, [at, value]];
  const others = entries.filter(([name]) => name !== at);
  return how === "drop" ? others : [...others, [at, value]];
}

const objectOf = (entries: readonly Entry[]) => `{${entries.map(([key, value]) => `${key}:${value}`).join(",")}}`;
const entriesOf = (object: object): Entry[] =>
  Object.entries(object).map(([key, value]) => [quoted(key), JSON.stringify(value)]);

/** Changes in the event, and in its payload; often none, so that the service has something to work on. */
const changes = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Change[]>([]) },
  { weight: 4, arbitrary: fc.array(change, { minLength: 1, maxLength: 3 }) },
);

const LEARNERS = ["fuzz-1", "fuzz-2", "fuzz-3"] as const;

/** Events as text, nearly right; `tokens` as a beacon has them in its body. */
const anEvent = (token: fc.Arbitrary<string | undefined>): fc.Arbitrary<string> =>
  fc
    .record({
      name: fc.constantFrom(...NAMES),
      learner: fc.constantFrom(...LEARNERS),
      hasId: fc.boolean(),
      inPayload: fc.boolean(),
      minute: fc.nat({ max: 59 }),
      above: changes,
      inside: changes,
      token,
    })
    .map(({ name, learner, hasId, inPayload, minute, above, inside, token: sent }) => {
      const fields = { ...NEEDED_FIELDS[name], ts: `2026-01-18T10:${String(minute).padStart(2, "0")}:00Z` };
      const payload = inside.reduce(changed, entriesOf(fields));
      const envelope = {
        eventName: name,
        ...(hasId && { eventId: `e-${minute}` }),
        contactIdentifier: { contactId: learner, email: `${PLANTED}@example.com` },
        note: PLANTED,
        ...(sent !== undefined && { token: sent }),
      };
      const rest: Entry[] = inPayload ? [['"payload"', objectOf(payload)]] : payload;
      return objectOf(above.reduce(changed, [...entriesOf(envelope), ...rest]));
    });

/** Bodies of every kind, most of them events or batches. */
export function anyBody(token: fc.Arbitrary<string | undefined>): fc.Arbitrary<Buffer> {
  const one = anEvent(token);
  const batch = fc
    .tuple(fc.array(fc.oneof({ weight: 5, arbitrary: one }, oddValue), { maxLength: 6 }), token)
    .map(([events, sent]) => `{"events":[${events.join(",")}]${sent === undefined ? "" : `,"token":${quoted(sent)}`}}`);
  const text = fc.oneof(
    { weight: 10, arbitrary: one },
    { weight: 5, arbitrary: batch },
    { weight: 2, arbitrary: oddValue },
    {
      weight: 1,
      arbitrary: one.map(
        (event) =>
          `{"events":[${Array(101)
            .fill(event.length < 1_000 ? event : "1")
            .join(",")}]}`,
      ),
    },
    { weight: 1, arbitrary: fc.tuple(one, fc.nat()).map(([event, at]) => event.slice(0, at % event.length)) },
    { weight: 1, arbitrary: one.map((event) => `\ufeff${event}`) },
    { weight: 1, arbitrary: one.map((event) => `${event}${event}`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "",
        " ",
        "\0",
        "[".repeat(50_000),
        `"${"x".repeat(262_142)}"`,
        `"${"x".repeat(262_143)}"`,
      ),
    },
  );
  return fc.oneof(
    { weight: 9, arbitrary: text.map(bytesOf) },
    { weight: 1, arbitrary: text.map((body) => Buffer.from(body, "utf16le")) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  );
}
