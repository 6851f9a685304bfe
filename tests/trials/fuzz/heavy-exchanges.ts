import fc from "fast-check";
import { numbered } from "./content.ts";
import type { Exchange } from "./exchange.ts";
import type { Tokens } from "./header-arbitraries.ts";

/** A little that is sent, and much that would come back. */
type Heavy = { target: string; body?: object };

const TS = "2026-01-18T10:00:00Z";
const hundred = numbered(100, "heavy");
const batch = (events: object[]): Heavy => ({ target: "/events/track", body: { events } });
const event = (name: string, contactId: string, payload: object) => ({
  eventName: `learning_${name}`,
  contactIdentifier: { contactId },
  payload: { ts: TS, ...payload },
});
const someKeys = (count: number, prefix: string) => Object.fromEntries(numbered(count, prefix).map((key) => [key, 1]));

const HEAVY: ((round: number) => Heavy)[] = [
  () => batch(hundred.map((learner) => event("course_completed", learner, { course_slug: "long" }))),
  () => batch(hundred.map((id) => ({ ...event("course_completed", "heavy", { course_slug: "long" }), eventId: id }))),
  () => batch(hundred.map((learner) => event("module_started", learner, { module_slug: "many-tasks" }))),
  () =>
    batch(
      numbered(8, "strict").map((learner) =>
        event("module_completed", learner, { module_slug: "strict", completion_data: someKeys(2_000, "k") }),
      ),
    ),
  (round) =>
    batch(
      numbered(8, "open").map((learner) =>
        event("module_completed", learner, {
          module_slug: "arrays",
          completion_data: someKeys(1_500, `r${round}-${learner}`),
        }),
      ),
    ),
  () => ({ target: "/modules/arrays/completion-data/summary" }),
  () => ({ target: "/learners/heavy/courses/long" }),
  () => ({ target: "/learners/heavy/history?limit=1000" }),
  () => ({ target: "/catalog" }),
];

/** Sound requests whose answers would be large, or long in coming, if nothing bounded them. */
export const heavyExchange = (port: number, { good, areAskedFor }: Tokens): fc.Arbitrary<Exchange> =>
  fc
    .record({
      make: fc.constantFrom(...HEAVY),
      round: fc.nat({ max: 1_000_000 }),
      // An open service knows no issuer, and refuses the tokens of any.
      token: areAskedFor ? fc.constantFrom(...good) : fc.constant(undefined),
      takesGzip: fc.boolean(),
    })
    .map(({ make, round, token, takesGzip }): Exchange => {
      const { target, body } = make(round);
      const method = body === undefined ? "GET" : "POST";
      const bytes = Buffer.from(body === undefined ? "" : JSON.stringify(body));
      const lines = [
        `${method} ${target} HTTP/1.1`,
        `Host: 127.0.0.1:${port}`,
        ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
        ...(takesGzip ? ["Accept-Encoding: gzip"] : []),
        "Content-Type: application/json",
        `Content-Length: ${bytes.length}`,
      ];
      const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
      return { parts: [Buffer.concat([head, bytes])], ending: "wait", methods: [method] };
    });
