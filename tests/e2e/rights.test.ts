import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { command } from "../support/processes/commands.ts";
import {
  completedModule,
  event,
  request,
  type Service,
  startService,
  temporaryFolder,
} from "../support/processes/service.ts";
import { contentDir } from "./content.ts";

describe("A learner's rights", () => {
  const CONTENT_DIR = contentDir();
  const DATA_DIR = temporaryFolder();
  const TWO_SERVICES = { CONTENT_DIR, DATA_DIR };
  let service: Service;
  beforeAll(async () => {
    service = await startService(TWO_SERVICES);
  });

  const pathOf = (id: string) => `/learners/${encodeURIComponent(id)}`;
  const remove = (id: string, at = service) => request(at.url, pathOf(id), { method: "DELETE" });

  /** Something in every kind of item. */
  const live = async (id: string) => {
    const results = await service.post({
      events: [
        event("module_started", id, { module_slug: "strings", course_slug: "ruby", ts: "2026-01-18T09:00:00Z" }),
        completedModule(id, "strings"),
        { ...completedModule(id, "arrays"), eventId: "e-1" },
        event("module_completed", id, {
          module_slug: "welcome",
          completion_data: { liked: ["ä", 1.5] },
          ts: "2026-01-18T10:00:00Z",
        }),
        event("module_progressed", id, { module_slug: "tour", step: "b", ts: "2026-01-18T10:00:00Z" }),
        event("module_progressed", id, { module_slug: "tour", step: "a", ts: "2026-01-18T10:00:00Z" }),
        event("page_viewed", id, { content_type: "module", slug: "tour", ts: "2026-01-18T10:00:00Z" }),
        event("session_started", id, { session_id: "s1", session_type: "module", ts: "2026-01-18T10:00:00Z" }),
        event("item_reviewed", id, {
          module_slug: "tour",
          item_id: "i",
          rating: "good",
          ts: "2026-01-18T10:00:00Z",
        }),
      ],
    });
    expect(results.body.results.map(({ status }: { status: string }) => status)).toEqual(Array(9).fill("accepted"));
  };

  it("are to see all that is stored, as it is stored", async () => {
    await live("ada");
    await live("ada-2");
    const { status, headers, body } = await service.get("/learners/ada/export");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/json");
    expect(Object.keys(body)).toEqual(["learner_id", "exported_at", "progress", "records"]);
    expect(body.learner_id).toBe("ada");
    expect(body.exported_at).toMatch(/^\d{4}-.*Z$/);
    const keys = (items: Record<string, unknown>[], sort: string) => items.map((item) => [item.learner_id, item[sort]]);
    expect(keys(body.progress, "entity")).toEqual(
      [
        "COURSE#ruby",
        "MODULE#arrays",
        "MODULE#strings",
        "MODULE#tour",
        "MODULE#welcome",
        "PATHWAY#full-stack",
        "PROFILE",
      ].map((key) => ["ada", key]),
    );
    expect(body.progress[3]).toEqual({
      learner_id: "ada",
      entity: "MODULE#tour",
      // With the source of each, so that its event can be voided, and in order of that.
      steps: expect.arrayContaining(
        ["a", "b"].map((name) =>
          expect.stringMatching(new RegExp(`^2026-01-18T10:00:00\\.000Z#true~[\\w-]{12}#${name}$`)),
        ),
      ),
    });
    // An id may be used again with other content, so a flag names the event by the identity in its attempt's key.
    const decisive = body.records.find(({ event_id }: { event_id?: string }) => event_id === "e-1");
    expect(decisive.record).toMatch(/^ATTEMPT#2026-01-18T10:00:00\.000Z#[0-9a-f]{32}$/);
    expect(body.progress[0]).toMatchObject({
      completed: true,
      event_id: decisive.record.split("#")[2],
      started_at: "2026-01-18T09:00:00.000Z",
    });
    const records: string[] = body.records.map(({ record }: { record: string }) => record);
    expect(records).toEqual([...records].sort());
    expect(records.filter((record) => record.startsWith("ATTEMPT#"))).toHaveLength(3);
    expect(records.slice(3)).toEqual(["REVIEW#tour#i", "SESSION#module strings", "SESSION#s1"]);
    expect(body.records.map((item: object) => "learner_id" in item && item.learner_id)).toEqual(Array(6).fill("ada"));
    const withData = body.records.find((item: object) => "completion_data" in item);
    expect(withData.completion_data).toBe('{"liked":["ä",1.5]}');
  });

  it.each([
    ["gzip", "gzip"],
    ["br, gzip;q=0.5", "gzip"],
    ["*", "gzip"],
    ["br, gzip;q=0", null],
    ["identity", null],
  ])("are answered to a client that accepts %s in %s", async (accepted, encoding) => {
    const headers = { "Accept-Encoding": accepted };
    const response = await fetch(`${service.url}/learners/ada/export`, { headers });
    expect(response.headers.get("content-encoding")).toBe(encoding);
    expect(response.headers.get("vary")).toContain("Accept-Encoding");
    // fetch has undone it.
    expect(await response.json()).toMatchObject({ learner_id: "ada" });
  });

  it.each(["nobody", "ada@example.com", "a/b", "é ü/日本", "..", "%2F"])(
    "are a document also for %s, of whom nothing is known",
    async (id) => {
      const { status, body } = await service.get(`${pathOf(id)}/export`);
      // A URL cannot name a learner "..".
      if (id === "..") return expect(status).toBe(404);
      expect({ status, body }).toMatchObject({ status: 200, body: { learner_id: id, progress: [], records: [] } });
    },
  );

  it.each(["bob", "bob@example.com", "b/o b", "é ü/日本"])("are to be forgotten: %s", async (id) => {
    await live(id);
    const first = await remove(id);
    expect(first).toMatchObject({ status: 200, body: { learner_id: id, deleted_items: { progress: 7, records: 6 } } });
    expect(Object.keys(first.body)).toEqual(["learner_id", "deleted_at", "deleted_items"]);
    const again = await remove(id);
    expect(again.body).toEqual({ ...first.body, deleted_items: { progress: 0, records: 0 } });

    const refused = await service.post(completedModule(id, "strings"));
    expect(refused).toMatchObject({ status: 410, body: { code: "LEARNER_DELETED", status: 410 } });
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    const batch = await service.post({ events: [completedModule(id, "strings"), completedModule("cyd", "strings")] });
    expect(batch.body.results).toMatchObject([
      { status: "refused", error: { code: "LEARNER_DELETED" } },
      { status: "accepted" },
    ]);

    expect((await service.get(`${pathOf(id)}/export`)).body).toMatchObject({ progress: [], records: [] });
    expect((await service.get(`${pathOf(id)}/progress`)).body).toEqual({
      learner_id: id,
      pathways: {},
      courses: {},
      modules: {},
    });
    const unknown = await service.get("/learners/nobody/modules/strings");
    expect((await service.get(`${pathOf(id)}/modules/strings`)).body).toEqual(unknown.body);
    expect((await service.get("/courses/ruby/completions")).text).not.toContain(JSON.stringify(id));
  });

  it("hold in another process, and in one that is started later", async () => {
    await live("dan");
    const other = await startService(TWO_SERVICES);
    await remove("dan", other);
    const later = await startService(TWO_SERVICES);
    expect((await later.post(completedModule("dan", "strings"))).status).toBe(410);
    expect((await remove("dan")).body.deleted_items).toEqual({ progress: 0, records: 0 });
    expect((await service.post(completedModule("dan", "strings"))).status).toBe(410);
  });

  it("are also an operator's command's, which writes to standard output the document alone", async () => {
    await live("eve");
    const byHttp = (await service.get("/learners/eve/export")).text;
    const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/export-learner.ts", "--learner=eve"], {
      env: { PATH: process.env.PATH, ...TWO_SERVICES },
      encoding: "utf8",
    });
    const timeless = (text: string) => ({ ...JSON.parse(text), exported_at: "then" });
    expect(timeless(stdout)).toEqual(timeless(byHttp));
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining("waymark.db") });
    expect(await command("export", [], TWO_SERVICES)).toMatchObject({ code: 2 });
    expect(await command("export", ["--learner=\u0001deleted"], TWO_SERVICES)).toMatchObject({ code: 2 });
  });

  it.each(["%01deleted", "%00", "a".repeat(257)])("are nobody's of the name %s", async (id) => {
    expect((await service.get(`/learners/${id}/export`)).status).toBe(400);
    expect((await request(service.url, `/learners/${id}`, { method: "DELETE" })).status).toBe(400);
  });

  it("are not taken for anything else", async () => {
    const get = await service.get("/learners/ada");
    expect(get).toMatchObject({ status: 405 });
    expect(get.headers.get("allow")).toBe("DELETE");
    expect((await request(service.url, "/learners/ada/export", { method: "DELETE" })).headers.get("allow")).toBe(
      "GET, HEAD",
    );
  });
});
