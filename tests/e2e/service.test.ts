import { readdirSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { runHere } from "../support/processes/command-here.ts";
import {
  completedModule,
  event,
  eventually,
  request,
  runToEnd,
  type Service,
  startService,
  temporaryFolder,
  writeContent,
} from "../support/processes/service.ts";
import { CONTENT, contentDir } from "./content.ts";

const KB = 1024;

describe("A learner's way", () => {
  const CONTENT_DIR = contentDir();
  const DATA_DIR = temporaryFolder();
  let service: Service;
  beforeAll(async () => {
    service = await startService({ CONTENT_DIR, DATA_DIR });
  });

  it("leads through module, course and pathway", async () => {
    const enrolled = await service.post(
      event("pathway_enrolled", "ada", {
        pathway_slug: "full-stack",
        enrollment_source: "home",
        ts: "2026-01-18T08:00:00Z",
      }),
    );
    expect(enrolled).toMatchObject({ status: 200, body: { status: "accepted", learner_id: "ada", warnings: [] } });
    await service.post(
      event("module_started", "ada", { module_slug: "strings", course_slug: "ruby", ts: "2026-01-18T09:00:00Z" }),
    );
    const strings = await service.post(completedModule("ada", "strings", "2026-01-18T10:00:00Z"));
    expect(strings.body).toMatchObject({
      module: { slug: "strings", status: "completed", completed_at: "2026-01-18T10:00:00.000Z" },
      unlocked: [],
      courses: [{ slug: "ruby", completed: false, progress: { completed: 1, total: 2 }, newly_completed: false }],
    });
  });

  it("is not cut short by a claim", async () => {
    const claim = await service.post(event("course_completed", "ada", { course_slug: "ruby" }));
    expect(claim.status).toBe(400);
    expect(claim.headers.get("content-type")).toBe("application/problem+json");
    expect(claim.body).toMatchObject({
      code: "COMPLETION_NOT_REACHED",
      detail: "Course not actually complete: 1/2 modules completed",
      progress: { completed: 1, total: 2 },
      missing: [{ type: "module", slug: "arrays" }],
    });
    expect((await service.get("/learners/ada/courses/ruby")).body).toMatchObject({
      completed: false,
      claimed_at: null,
    });
  });

  it("reaches the course, and with the last module the pathway", async () => {
    const arrays = await service.post(completedModule("ada", "arrays", "2026-01-18T11:00:00Z"));
    expect(arrays.body.courses).toMatchObject([
      { slug: "ruby", completed: true, completed_at: "2026-01-18T11:00:00.000Z", newly_completed: true },
    ]);
    expect(arrays.body.pathways).toMatchObject([{ slug: "full-stack", completed: false, newly_completed: false }]);

    const welcome = await service.post(completedModule("ada", "welcome", "2026-01-18T10:30:00Z"));
    expect(welcome.body.pathways).toMatchObject([
      { slug: "full-stack", completed: true, completed_at: "2026-01-18T11:00:00.000Z", newly_completed: true },
    ]);
  });

  const reads = async () => {
    const paths = [
      "/learners/ada/progress",
      "/learners/ada/modules/strings",
      "/learners/ada/courses/ruby",
      "/learners/ada/pathways/full-stack",
      "/courses/ruby/completions",
      "/pathways/full-stack/completions",
      "/learners/ada/history",
      "/learners/ada/sessions",
      "/learners/ada/reviews",
      "/modules/strings/completions",
    ];
    return Promise.all(paths.map(async (path) => (await service.get(path)).body));
  };

  it("can be read back over every route", async () => {
    const [progress, module, course, pathway, ofCourse, ofPathway, history, sessions, reviews, ofModule] =
      await reads();
    const complete = { completed: true, completed_at: "2026-01-18T11:00:00.000Z", completion_source: "inferred" };
    const time = expect.stringMatching(/^20[0-9-]{8}T[0-9:.]{12}Z$/);
    const kept = {
      event_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      received_at: time,
      catalog_version: expect.stringMatching(/^[0-9a-f]+$/),
    };
    const attempt = (module_slug: string, clock: string) => ({
      ...kept,
      occurred_at: `2026-01-18T${clock}:00.000Z`,
      module_slug,
      kind: "completion",
    });
    const claim = {
      ...kept,
      occurred_at: time,
      course_slug: "ruby",
      kind: "claim",
      refused: true,
      code: "COMPLETION_NOT_REACHED",
      reason: "Course not actually complete: 1/2 modules completed",
    };
    expect(module).toEqual({
      slug: "strings",
      status: "completed",
      recommended_at: null,
      started_at: "2026-01-18T09:00:00.000Z",
      completed_at: "2026-01-18T10:00:00.000Z",
      locked: false,
      locked_by: [],
      missing: [],
      attempts: [attempt("strings", "10:00")],
      title: null,
      completion_data: null,
    });
    expect(course).toMatchObject({
      ...complete,
      slug: "ruby",
      title: "Ruby",
      enrolled_at: "2026-01-18T09:00:00.000Z",
      progress: { completed: 2, total: 2 },
      locked: false,
      locked_by: [],
      missing: [],
    });
    expect(pathway).toMatchObject({
      ...complete,
      enrolled_at: "2026-01-18T08:00:00.000Z",
      enrollment_source: "home",
      progress: { completed: 2, total: 2 },
    });
    expect(progress).toMatchObject({
      learner_id: "ada",
      pathways: {
        "full-stack": {
          ...complete,
          courses: { ruby: { ...complete, modules: { strings: { status: "completed" } } } },
          modules: { welcome: { status: "completed" } },
        },
      },
      courses: { ruby: complete },
      modules: { strings: {}, arrays: {}, welcome: {} },
    });
    for (const list of [ofCourse, ofPathway])
      expect(list).toMatchObject({
        completions: [{ learner_id: "ada", completed_at: complete.completed_at, completion_source: "inferred" }],
        next_cursor: null,
      });
    expect(ofModule).toMatchObject({
      completions: [{ learner_id: "ada", completed_at: "2026-01-18T10:00:00.000Z" }],
      next_cursor: null,
    });
    expect(history).toEqual({
      attempts: [claim, attempt("arrays", "11:00"), attempt("welcome", "10:30"), attempt("strings", "10:00")],
      next_cursor: null,
    });
    expect(sessions).toEqual({
      sessions: [
        {
          session_id: expect.stringMatching(/\S/),
          session_type: "module",
          module_slug: "strings",
          source: "module_completed",
          language: null,
          started_at: "2026-01-18T09:00:00.000Z",
          ended_at: "2026-01-18T10:00:00.000Z",
          duration_seconds: 3_600,
          items_studied: null,
          items_correct: null,
          automatic: true,
        },
      ],
      next_cursor: null,
    });
    expect(reviews).toEqual({ reviews: [], next_cursor: null });
  });

  it("is all there after a restart", async () => {
    const before = await reads();
    expect(await service.kill()).toEqual({ code: 0, signal: null });
    service = await startService({ CONTENT_DIR, DATA_DIR });
    expect(await reads()).toEqual(before);
    const again = await service.post(completedModule("ada", "arrays", "2026-01-18T11:00:00Z"));
    expect(again.body.courses).toMatchObject([{ slug: "ruby", completed: true }]);
    expect(await reads()).toEqual(before);
  });
});

describe("A service that is stopped", () => {
  const CONTENT_DIR = contentDir();

  it("by kill -9 in the middle of a stream of events keeps every one that it answered", async () => {
    const DATA_DIR = temporaryFolder();
    const killed = await startService({ CONTENT_DIR, DATA_DIR });
    const events = Array.from({ length: 40 }, (_, learner) =>
      ["strings", "arrays", "welcome"].map((slug) => completedModule(`learner-${learner}`, slug)),
    ).flat();
    const answered = new Set<object>();
    const waiting = [...events];
    const stream = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { status } = await killed.post(next);
        if (status === 200) answered.add(next);
        if (answered.size === 50) void killed.kill("SIGKILL");
      }
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, stream));
    expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
    expect(answered.size).toBeGreaterThanOrEqual(50);
    expect(answered.size).toBeLessThan(events.length);

    const service = await startService({ CONTENT_DIR, DATA_DIR });
    for (const one of answered) {
      const { contactIdentifier, payload } = one as ReturnType<typeof completedModule> & {
        contactIdentifier: { contactId: string };
        payload: { module_slug: string };
      };
      const read = await service.get(`/learners/${contactIdentifier.contactId}/modules/${payload.module_slug}`);
      expect(read.body).toMatchObject({ slug: payload.module_slug, status: "completed" });
    }

    const rest = events.filter((one) => !answered.has(one));
    for (let start = 0; start < rest.length; start += 100)
      expect((await service.post({ events: rest.slice(start, start + 100) })).status).toBe(200);
    for (const path of ["/courses/ruby/completions", "/pathways/full-stack/completions"])
      expect((await service.get(path)).body.completions).toHaveLength(40);
    await service.kill();
  });

  it("by SIGTERM answers what is in flight, takes nothing new, and exits with 0", async () => {
    const service = await startService({ CONTENT_DIR });
    const { port } = new URL(service.url);
    const body = JSON.stringify(completedModule("late", "strings"));
    const idle = connect(Number(port), "127.0.0.1");
    const slow = connect(Number(port), "127.0.0.1");
    let answer = "";
    slow.setEncoding("utf8").on("data", (text) => {
      answer += text;
    });
    slow.write(
      `POST /events/track HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n${body.slice(0, 20)}`,
    );
    // Node says so when it has read the head: the request is in flight from then on.
    await eventually(() => expect(answer).toBe("HTTP/1.1 100 Continue\r\n\r\n"));
    answer = "";
    const exit = service.kill("SIGTERM");
    await eventually(() => expect(request(service.url, "/health")).rejects.toThrow());
    slow.write(body.slice(20));
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('"status":"accepted"');
    idle.destroy();
  });

  it("twice by SIGINT ends once", async () => {
    const service = await startService({ CONTENT_DIR });
    void service.kill("SIGINT");
    expect(await service.kill("SIGINT")).toEqual({ code: 0, signal: null });
    expect(service.output()).not.toMatch(/\n\s+at /);
  });
});

describe("A service that cannot start says why, with code 2 and no stack", () => {
  const CONTENT_DIR = contentDir();
  const refuses = async (variables: Record<string, string>, ...messages: (string | RegExp)[]) => {
    const given = { CONTENT_DIR, PORT: "0", DATA_DIR: temporaryFolder(), ...variables };
    const { code, output } = await runHere("src/local/main.ts", [], given);
    expect.soft(code).toBe(2);
    for (const message of messages) expect.soft(output).toMatch(message);
    expect(output).not.toMatch(/\n\s+at |node:internal/);
    return output;
  };

  it("as a process", async () => {
    expect(await runToEnd({ CONTENT_DIR, PORT: "65536" })).toMatchObject({
      code: 2,
      output: expect.stringMatching(/PORT/),
    });
  });

  it("as a process, for a data folder in a file system where nobody can make anything", async () => {
    const variables = { CONTENT_DIR, DATA_DIR: "/proc/1/data", PORT: "0" };
    expect(await runToEnd(variables)).toMatchObject({
      code: 2,
      output: expect.stringMatching(/^DATA_DIR \/proc\/1\/data cannot be (made|reached)[^\n]*\n$/),
    });
  });

  it("for every variable at once", async () => {
    const output = await refuses(
      { PORT: "abc", STORE: "ftp://x", LOG_LEVEL: "loud", TABLE_PREFIX: "a b" },
      /^PORT="abc": /m,
      /^STORE="ftp:\/\/x": /m,
      /^LOG_LEVEL="loud": .*DEBUG/m,
      /^TABLE_PREFIX="a b": /m,
    );
    expect(output.trim().split("\n")).toHaveLength(4);
  });

  it.each([
    ["a port above 65535", { PORT: "65536" }, /PORT/],
    ["an address that is none", { STORE: "http://" }, /STORE/],
    ["a folder without content", { CONTENT_DIR: "/nonexistent/content" }, /No such content folder/],
    ["an empty content folder", { CONTENT_DIR: temporaryFolder() }, /neither courses nor pathways/],
    ["a store that does not answer", { STORE: "http://127.0.0.1:1" }, /store cannot be opened.*ECONNREFUSED/s],
    [
      "a data folder that is a file",
      { DATA_DIR: join(import.meta.dirname, "content.ts") },
      /DATA_DIR .*content\.ts is not a folder\. Name one/,
    ],
  ])("for %s", async (_, variables, message) => void (await refuses(variables, message)));

  it("for a port that is taken", async () => {
    const first = await startService({ CONTENT_DIR });
    const { port } = new URL(first.url);
    await refuses({ PORT: port }, `Port ${port} is taken`);
    expect((await first.get("/health")).status).toBe(200);
  });

  it("for faulty content, with the file and path of every fault", async () => {
    const faulty = writeContent(temporaryFolder(), {
      ...CONTENT,
      "courses/broken.json": '{"slug": ',
      "courses/git.json": { slug: "git", modules: ["a", "a"], completion: { rule: "at-least", count: 9 } },
      "pathways/lost.json": { slug: "lost", courses: ["nowhere"] },
    });
    await refuses(
      { CONTENT_DIR: faulty },
      "courses/broken.json",
      "courses/git.json: modules.1",
      "courses/git.json: completion",
      "pathways/lost.json: courses.0",
    );
  });
});

describe("A running service whose content changes", () => {
  it("takes good content, keeps the last good one beside faulty, and heals", async () => {
    const CONTENT_DIR = contentDir();
    const service = await startService({ CONTENT_DIR });
    const first = (await service.get("/health")).body;
    expect(first).toMatchObject({ status: "ok", counts: { pathways: 1, courses: 1, modules: 4 }, catalog_faults: [] });

    writeContent(CONTENT_DIR, { "courses/ruby.json": '{"slug": "ruby", "modules": [' });
    const degraded = await eventually(async () => {
      const { status, body } = await service.get("/health");
      expect(body.status).toBe("degraded");
      expect(status).toBe(200);
      return body;
    });
    expect(degraded).toMatchObject({
      catalog_version: first.catalog_version,
      counts: first.counts,
      catalog_faults: expect.arrayContaining([expect.objectContaining({ file: "courses/ruby.json" })]),
    });
    expect(service.logs()).toContainEqual(expect.objectContaining({ level: "ERROR", faults: degraded.catalog_faults }));
    expect((await service.post(completedModule("ada", "strings"))).body.courses).toMatchObject([{ slug: "ruby" }]);

    writeContent(CONTENT_DIR, {
      "courses/ruby.json": { slug: "ruby", title: "Ruby", modules: ["strings"] },
      "modules/new/completion.json": {},
    });
    await eventually(async () => {
      const { body } = await service.get("/health");
      expect(body).toMatchObject({ status: "ok", counts: { pathways: 1, courses: 1, modules: 3 }, catalog_faults: [] });
      expect(body.catalog_version).not.toBe(first.catalog_version);
    });
    // What the new content makes of old facts, the learner's next event finds out.
    const next = await service.post(completedModule("ada", "welcome"));
    expect(next.body.pathways).toMatchObject([{ slug: "full-stack", completed: true, newly_completed: true }]);
  });
});

describe("The embedded store", () => {
  const CONTENT_DIR = contentDir();

  it("is one file, which nobody else may read, in a folder of its own", async () => {
    const DATA_DIR = join(temporaryFolder(), "data");
    const { post } = await startService({ CONTENT_DIR, DATA_DIR });
    await post(completedModule("ada", "strings"));
    expect(statSync(DATA_DIR).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(DATA_DIR).filter((name) => name.startsWith("waymark.db")))
      expect([file, statSync(join(DATA_DIR, file)).mode & 0o777]).toEqual([file, 0o600]);
  });

  it.each([
    ["flush", /each answer waits for the disk/],
    ["process", /DURABILITY=process: a power cut may take the last moments/],
  ])("says at the start what DURABILITY=%s promises", async (DURABILITY, said) => {
    const { output } = await startService({ CONTENT_DIR, DATA_DIR: temporaryFolder(), DURABILITY });
    expect(output()).toMatch(said);
  });

  it("is shared by two services, in any order of starting and stopping", async () => {
    const DATA_DIR = temporaryFolder();
    const first = await startService({ CONTENT_DIR, DATA_DIR });
    const second = await startService({ CONTENT_DIR, DATA_DIR });

    await second.post(completedModule("ada", "strings"));
    await first.post(completedModule("ada", "arrays"));
    for (const { get } of [first, second])
      expect((await get("/courses/ruby/completions")).body.completions).toHaveLength(1);

    expect(await first.kill()).toEqual({ code: 0, signal: null });
    expect((await second.post(completedModule("bob", "strings"))).status).toBe(200);
    const third = await startService({ CONTENT_DIR, DATA_DIR });
    await second.kill("SIGKILL");
    expect((await third.get("/learners/bob/modules/strings")).body).toMatchObject({ status: "completed" });
  });

  it("takes the events of two services at once, and loses none", async () => {
    const DATA_DIR = temporaryFolder();
    const services = await Promise.all([1, 2].map(() => startService({ CONTENT_DIR, DATA_DIR })));
    const sent = Array.from({ length: 60 }, (_, index) => index);
    const answers = await Promise.all(
      sent.map((index) =>
        services[index % 2]?.post(completedModule(`learner-${index >> 1}`, ["strings", "arrays"][index % 2] ?? "")),
      ),
    );
    expect(answers.map((answer) => answer?.status)).toEqual(sent.map(() => 200));
    const { body } = (await services[0]?.get("/courses/ruby/completions?limit=100")) ?? {};
    expect(body.completions).toHaveLength(30);
  });

  it("may be opened by several that start at the same moment", async () => {
    const DATA_DIR = temporaryFolder();
    const services = await Promise.all([1, 2, 3].map(() => startService({ CONTENT_DIR, DATA_DIR })));
    for (const [index, { post }] of services.entries())
      expect((await post(completedModule("ada", ["strings", "arrays", "welcome"][index] as string))).status).toBe(200);
  });
});

describe("Over HTTP", () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({ CONTENT_DIR: contentDir() });
  });

  describe("a body", () => {
    const sized = (bytes: number) => {
      const bare = { ...completedModule("big", "strings"), filler: "" };
      const text = JSON.stringify({ ...bare, filler: "x".repeat(bytes - JSON.stringify(bare).length) });
      expect(Buffer.byteLength(text)).toBe(bytes);
      return text;
    };
    const chunked = (text: string) =>
      new ReadableStream({
        start(controller) {
          const bytes = Buffer.from(text);
          for (let start = 0; start < bytes.length; start += 10_000)
            controller.enqueue(bytes.subarray(start, start + 10_000));
          controller.close();
        },
      });
    const send = (body: string | ReadableStream) =>
      request(service.url, "/events/track", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
        ...(typeof body !== "string" && { duplex: "half" }),
      } as RequestInit);

    it.each([
      ["of 256 KB", () => sized(256 * KB), 200],
      ["of one byte more", () => sized(256 * KB + 1), 413],
      ["of 256 KB in chunks", () => chunked(sized(256 * KB)), 200],
      ["of one byte more in chunks", () => chunked(sized(256 * KB + 1)), 413],
      ["of 5 MB", () => sized(5 * KB * KB), 413],
      ["of 5 MB in chunks", () => chunked(sized(5 * KB * KB)), 413],
    ])("%s is answered %s", async (_, body, status) => {
      const answer = await send(body());
      expect(answer.status).toBe(status);
      if (status === 413) expect(answer.body).toMatchObject({ code: "PAYLOAD_TOO_LARGE", status: 413 });
    });

    it.each([
      ["too large", "application/json", 256 * KB + 1, 413],
      ["of a wrong type", "text/html", 250 * KB, 415],
    ])("%s does not spoil the next one over the same connection", async (_, type, size, status) => {
      for (let round = 0; round < 20; round++) {
        const headers = { "Content-Type": type };
        const refused = await request(service.url, "/events/track", { method: "POST", headers, body: sized(size) });
        expect(refused.status).toBe(status);
        expect((await service.post(completedModule("next", "strings"))).status).toBe(200);
      }
    });

    it.each([
      ["text/plain;charset=UTF-8", 200],
      ["text/plain", 200],
      ["application/json", 200],
      ["Application/JSON; charset=utf-8", 200],
      ["", 200],
      ["application/x-www-form-urlencoded", 415],
      ["text/html", 415],
    ])("of type %j is answered %i", async (type, status) => {
      const body = new Blob([JSON.stringify(completedModule("beacon", "strings"))]);
      const answer = await request(service.url, "/events/track", {
        method: "POST",
        body,
        ...(type !== "" && { headers: { "Content-Type": type } }),
      });
      expect(answer.status).toBe(status);
    });
  });

  describe("a batch", () => {
    const events = (count: number) =>
      Array.from({ length: count }, (_, index) => completedModule(`b${index}`, "strings"));

    it("has results in the order sent, and one bad event spoils no other", async () => {
      const sent = [
        completedModule("batch", "arrays", "2026-01-18T12:00:00Z"),
        { ...completedModule("batch", "#"), eventId: "bad" },
        completedModule("batch", "strings", "2026-01-18T11:00:00Z"),
        event("course_completed", "other", { course_slug: "ruby" }),
      ];
      const { status, body } = await service.post({ events: sent });
      expect(status).toBe(200);
      expect(body.results).toMatchObject([
        // Of one learner the earlier event is applied first, so the first one sent completes the course.
        { status: "accepted", module: { slug: "arrays" }, courses: [{ slug: "ruby", newly_completed: true }] },
        {
          status: "refused",
          event_id: "bad",
          error: { code: "SCHEMA_VALIDATION_FAILED", errors: [{ path: "payload.module_slug" }] },
        },
        { status: "accepted", module: { slug: "strings" }, courses: [{ slug: "ruby", newly_completed: false }] },
        { status: "refused", error: { code: "COMPLETION_NOT_REACHED" } },
      ]);
      expect((await service.get("/learners/batch/courses/ruby")).body).toMatchObject({ completed: true });
    });

    it.each([
      [1, 200],
      [100, 200],
      [101, 400],
      [0, 400],
    ])("of %i events is answered %i", async (count, status) => {
      const answer = await service.post({ events: events(count) });
      expect(answer.status).toBe(status);
      if (status === 200) expect(answer.body.results).toHaveLength(count);
      else expect(answer.body).toMatchObject({ code: "SCHEMA_VALIDATION_FAILED", errors: [{ path: "events" }] });
    });
  });

  it.each([
    ["GET", "/nothing", 404, null],
    ["POST", "/", 404, null],
    ["GET", "/learners/ada", 405, "DELETE"],
    ["GET", "/learners/ada/modules/unknown", 404, null],
    ["GET", "/courses/unknown/completions", 404, null],
    ["GET", "/events/track", 405, "POST"],
    ["HEAD", "/events/track", 405, "POST"],
    ["PUT", "/events/track", 405, "POST"],
    ["DELETE", "/learners/ada/progress", 405, "GET, HEAD"],
    ["POST", "/catalog", 405, "GET, HEAD"],
    ["OPTIONS", "/health", 405, "GET, HEAD"],
    ["HEAD", "/health", 200, null],
    ["HEAD", "/catalog", 200, null],
    ["HEAD", "/learners/ada/progress", 200, null],
    ["GET", "/health/", 404, null],
  ])("%s %s is answered %i, Allow: %s", async (method, path, status, allow) => {
    const answer = await request(service.url, path, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("allow")).toBe(allow);
    if (method === "HEAD") expect(answer.text).toBe("");
    else if (status >= 400)
      expect(answer.body).toMatchObject({ status, code: status === 404 ? "NOT_FOUND" : "METHOD_NOT_ALLOWED" });
  });

  it("GET /catalog is answered 304 to whoever has it", async () => {
    const { status, headers, body } = await service.get("/catalog");
    const etag = headers.get("etag") as string;
    expect(status).toBe(200);
    expect(etag).toBe(`"${body.version}"`);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await service.get("/catalog", { "If-None-Match": known });
      expect(again).toMatchObject({ status: 304, text: "" });
      expect(again.headers.get("etag")).toBe(etag);
    }
    expect((await service.get("/catalog", { "If-None-Match": '"other"' })).status).toBe(200);
  });

  it("completions come in pages that meet", async () => {
    const learners = Array.from({ length: 7 }, (_, index) => `page-${index}`);
    await service.post({
      events: learners.flatMap((id) => [
        completedModule(id, "strings", "2027-01-01T00:00:00Z"),
        completedModule(id, "arrays", "2020-01-01T00:00:00Z"),
      ]),
    });
    const seen: string[] = [];
    let cursor: string | null = "";
    for (let page = 0; cursor !== null && page < 10; page++) {
      const query: string = `limit=3&since=2020-01-01T00:00:00Z${cursor && `&cursor=${cursor}`}`;
      const { body } = await service.get(`/courses/ruby/completions?${query}`);
      seen.push(...body.completions.map(({ learner_id }: { learner_id: string }) => learner_id));
      cursor = body.next_cursor;
    }
    expect(seen.filter((id) => id.startsWith("page-")).toSorted()).toEqual(learners);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("a learner's id may hold what a path must encode", async () => {
    const id = "a/b?c#d%41é 😀+@x";
    await service.post(completedModule(id, "strings"));
    const { body } = await service.get(`/learners/${encodeURIComponent(id)}/progress`);
    expect(body).toMatchObject({ learner_id: id, modules: { strings: { status: "completed" } } });
  });
});
