import { beforeAll, describe, expect, it } from "vitest";
import { bearer, createIssuer, type Issuer } from "../support/builders/tokens.ts";
import {
  completedModule,
  event,
  type Json,
  request,
  temporaryFolder,
  writeContent,
} from "../support/processes/service.ts";
import { type ServiceHere, startServiceHere } from "../support/processes/service-here.ts";
import { CONTENT } from "./content.ts";

const KB = 1_024;
const MAX_BODY = 256 * KB;
const MAX_DATA = 32 * KB;
const LONGEST = { slug: "s".repeat(200), learner: "l".repeat(256), text: "t".repeat(200) };

const CONTENT_DIR = writeContent(temporaryFolder(), {
  ...CONTENT,
  "courses/long.json": { slug: LONGEST.slug, title: "x".repeat(2_000), modules: [LONGEST.slug, "m".repeat(200)] },
  "pathways/long.json": { slug: LONGEST.slug, courses: [LONGEST.slug] },
  "modules/strings/quiz.json": {
    questions: [{ id: "q", type: "single", options: ["a", "b"], correct_answer: "a" }],
  },
});

let issuer: Issuer;
let token: string;
let service: ServiceHere;
beforeAll(async () => {
  issuer = await createIssuer();
  token = await issuer.mint({ sub: "limits", scope: "waymark:write waymark:read" });
  service = await startServiceHere({ CONTENT_DIR, ...issuer.variables });
});
const post = (body: unknown) => service.post(body, bearer(token));
const get = (path: string) => service.get(path, bearer(token));

const CHARACTERS: [string, string][] = [
  ["letters of one byte", "x"],
  ["letters of two bytes", "é"],
  ["letters of three bytes", "語"],
  ["letters of four bytes", "😀"],
];

/** A text of so many bytes, of one character over and over, filled up with letters of one byte. */
const filler = (bytes: number, character: string): string => {
  const size = Buffer.byteLength(character);
  return character.repeat(Math.floor(bytes / size)) + "x".repeat(bytes % size);
};

describe("A body", () => {
  const withFiller = (value: object, bytes: number, character: string): string => {
    const bare = Buffer.byteLength(JSON.stringify({ ...value, filler: "" }));
    const text = JSON.stringify({ ...value, filler: filler(bytes - bare, character) });
    expect(Buffer.byteLength(text)).toBe(bytes);
    return text;
  };
  const WAYS: [string, () => object, Record<string, string>][] = [
    ["an event", () => completedModule("sized", "strings"), {}],
    [
      "a batch",
      () => ({ events: Array.from({ length: 100 }, (_, index) => completedModule("sized", `b${index}`)) }),
      {},
    ],
    [
      "a beacon with its token in it",
      () => ({ ...completedModule("sized", "strings"), token }),
      { "Content-Type": "text/plain;charset=UTF-8" },
    ],
  ];

  for (const [what, content, headers] of WAYS)
    for (const [letters, character] of CHARACTERS)
      it.each([
        ["of 256 KB", MAX_BODY, 200],
        ["of one byte more", MAX_BODY + 1, 413],
      ])(`that is ${what}, %s, in ${letters}`, async (_, bytes, status) => {
        const authorization = headers["Content-Type"] === undefined ? bearer(token) : {};
        const text = withFiller(content(), bytes, character);
        for (const body of [text, inPieces(text)]) {
          const answer = await request(service.url, "/events/track", {
            method: "POST",
            headers: { "Content-Type": "application/json", ...headers, ...authorization },
            body,
            ...(typeof body !== "string" && { duplex: "half" }),
          } as RequestInit);
          expect(answer.status).toBe(status);
          if (status === 413) expect(answer.body.code).toBe("PAYLOAD_TOO_LARGE");
        }
      });

  /** Chunks that part characters, and end where the limit is. */
  const inPieces = (text: string) =>
    new ReadableStream({
      start(controller) {
        const bytes = Buffer.from(text);
        for (let start = 0; start < bytes.length; start += 65_535)
          controller.enqueue(bytes.subarray(start, start + 65_535));
        controller.close();
      },
    });

  it.each([
    [32, 200],
    [33, 400],
  ])("nested %i deep is answered %i", async (depth, status) => {
    // The event and its payload are two of them.
    for (const [open, close] of [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const) {
      const nested = `${open.repeat(depth - 2)}1${close.repeat(depth - 2)}`;
      const text = JSON.stringify(completedModule("deep", "strings")).replace(
        /\}\}$/,
        `,"completion_data":${nested}}}`,
      );
      const answer = await post(text);
      expect([answer.status, answer.body.code]).toEqual([status, status === 200 ? undefined : "INVALID_JSON"]);
    }
  });
});

describe("completion_data and answers", () => {
  /** An object that is so many bytes long as JSON. */
  const dataOf = (bytes: number, character: string) => ({ q: filler(bytes - '{"q":""}'.length, character) });
  const kinds: [string, (data: object) => object][] = [
    ["completion_data", (completion_data) => ({ name: "module_completed", module_slug: "arrays", completion_data })],
    ["answers", (answers) => ({ name: "task_submitted", module_slug: "strings", task_slug: "quiz", answers })],
  ];

  for (const [kind, fields] of kinds)
    for (const [letters, character] of CHARACTERS)
      it.each([
        ["of 32 KB", MAX_DATA, 200],
        ["of one byte more", MAX_DATA + 1, 413],
      ])(`${kind} %s in ${letters}`, async (_, bytes, status) => {
        const data = dataOf(bytes, character);
        expect(Buffer.byteLength(JSON.stringify(data))).toBe(bytes);
        const { name, ...payload } = fields(data) as { name: string };
        const learner = `data-${kind}-${bytes}-${character.codePointAt(0)}`;
        const answer = await post(event(name, learner, { ...payload, ts: "2026-01-18T10:00:00Z" }));
        expect(answer.status).toBe(status);
        const { attempts } = (await get(`/learners/${learner}/history`)).body;
        // What is taken is kept to the last byte; what is refused leaves nothing.
        expect(attempts.map((attempt: Json) => attempt[kind])).toEqual(status === 200 ? [data] : []);
      });
});

describe("A batch", () => {
  it("of 100 events of one learner is taken, and of 101 nothing is", async () => {
    const events = Array.from({ length: 101 }, (_, index) => completedModule("hundred", `h${index}`));
    expect(await post({ events })).toMatchObject({ status: 400, body: { errors: [{ path: "events" }] } });
    expect((await get("/learners/hundred/progress")).body.modules).toEqual({});
    const { status, body } = await post({ events: events.slice(0, 100) });
    expect([status, body.results.filter((result: Json) => result.status === "accepted").length]).toEqual([200, 100]);
    expect(Object.keys((await get("/learners/hundred/progress")).body.modules)).toHaveLength(100);
  });

  it("of 100 events for one module of one learner leaves 100 attempts and the earliest time", async () => {
    const at = (index: number) =>
      `2026-01-18T10:${String(59 - (index % 60)).padStart(2, "0")}:${index < 60 ? "00" : "30"}Z`;
    const events = Array.from({ length: 100 }, (_, index) => completedModule("again", "strings", at(index)));
    expect((await post({ events })).status).toBe(200);
    const { body } = await get("/learners/again/history?limit=1000");
    expect(body.attempts).toHaveLength(100);
    expect((await get("/learners/again/modules/strings")).body.completed_at).toBe("2026-01-18T10:00:00.000Z");
  });
});

describe("Names at their longest", () => {
  const { slug, learner, text } = LONGEST;
  let serial = 0;
  const taken = (name: string, fields: object) => ({
    ...event(name, learner, { ts: "2026-01-18T09:00:00Z", ...fields }),
    eventId: `${serial++}`.padEnd(128, "e"),
  });

  it("are taken, and read back", async () => {
    const events = [
      taken("pathway_enrolled", { pathway_slug: slug, enrollment_source: text }),
      taken("module_started", { module_slug: slug, course_slug: slug, pathway_slug: slug }),
      taken("module_progressed", { module_slug: slug, step: text }),
      taken("task_submitted", { module_slug: slug, task_slug: slug, score: 100 }),
      taken("module_scored", {
        module_slug: slug,
        scores: Object.fromEntries(
          Array.from({ length: 100 }, (_, index) => [`${index}`.padEnd(200, "k"), 99.999_999]),
        ),
      }),
      taken("module_completed", { module_slug: slug, ts: "2026-01-18T10:00:00Z" }),
      taken("module_completed", { module_slug: "m".repeat(200), ts: "2026-01-18T10:00:01Z" }),
      taken("session_started", { session_id: "i".repeat(128), session_type: "t".repeat(100), source: text }),
      taken("item_reviewed", { module_slug: slug, item_id: "i".repeat(128), rating: "good" }),
      taken("page_viewed", { content_type: "t".repeat(100), slug }),
    ];
    const { body } = await post({ events });
    expect(body.results.map(({ status, error }: Json) => error ?? status)).toEqual(events.map(() => "accepted"));

    const own = `/learners/${learner}`;
    expect((await get(`${own}/pathways/${slug}`)).body).toMatchObject({ completed: true, enrollment_source: text });
    expect((await get(`${own}/courses/${slug}`)).body).toMatchObject({
      completed: true,
      completed_at: "2026-01-18T10:00:01.000Z",
    });
    expect((await get(`${own}/modules/${slug}`)).body.attempts).toHaveLength(3);
    expect((await get(`${own}/sessions`)).body.sessions).toHaveLength(2);
    expect((await get(`${own}/reviews`)).body.reviews).toHaveLength(1);
    expect((await get(`/courses/${slug}/completions?limit=1`)).body.completions).toMatchObject([
      { learner_id: learner },
    ]);
    const kinds: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { attempts, next_cursor }: Json = (await get(`${own}/history?limit=1${cursor && `&cursor=${cursor}`}`))
        .body;
      kinds.push(...attempts.map(({ kind }: Json) => kind));
      cursor = next_cursor;
    }
    expect(kinds.sort()).toEqual(["completion", "completion", "score", "task"]);
  });

  it("take letters of four bytes too, as many as a key of a table holds", async () => {
    const id = "😀".repeat(256);
    const answer = await post(completedModule(id, "strings"));
    expect(answer).toMatchObject({ status: 200, body: { learner_id: id } });
    expect((await get(`/learners/${encodeURIComponent(id)}/modules/strings`)).body.status).toBe("completed");
    expect((await post(completedModule(`${id}x`, "strings"))).status).toBe(400);
  });
});

describe("A page", () => {
  it("holds no more than a Lambda may answer, and the next one goes on behind it", async () => {
    // Quotation marks weigh most: twice as many bytes in JSON, and twice that again in a Lambda's answer.
    const completion_data = { q: '"'.repeat((MAX_DATA - '{"q":""}'.length) / 2) };
    const count = 203;
    for (let start = 0; start < count; start += 7) {
      const events = Array.from({ length: 7 }, (_, index) => ({
        ...event("module_completed", "heavy", { module_slug: "arrays", completion_data, ts: "2026-01-18T10:00:00Z" }),
        eventId: `h-${start + index}`,
      }));
      expect((await post({ events })).status).toBe(200);
    }
    const ids: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const answer = await get(`/learners/heavy/history?limit=1000${cursor && `&cursor=${cursor}`}`);
      expect(Buffer.byteLength(JSON.stringify(answer.text))).toBeLessThan(6 * KB * KB);
      ids.push(...answer.body.attempts.map(({ event_id }: Json) => event_id));
      cursor = answer.body.next_cursor;
    }
    expect([ids.length, new Set(ids).size]).toEqual([count, count]);
  });

  it("of 1,000 is the largest, and 1,001 entries are two", async () => {
    for (let start = 0; start < 1_001; start += 100) {
      const events = Array.from({ length: Math.min(100, 1_001 - start) }, (_, index) => ({
        ...completedModule("pager", "strings"),
        eventId: `p-${start + index}`,
      }));
      expect((await post({ events })).status).toBe(200);
    }
    const first = (await get("/learners/pager/history?limit=1000")).body;
    expect(first.attempts).toHaveLength(1_000);
    const second = (await get(`/learners/pager/history?limit=1000&cursor=${first.next_cursor}`)).body;
    expect([second.attempts.length, second.next_cursor]).toEqual([1, null]);
    expect(new Set([...first.attempts, ...second.attempts].map(({ event_id }: Json) => event_id)).size).toBe(1_001);
    expect((await get("/learners/pager/history?limit=1001")).status).toBe(400);
  });
});
