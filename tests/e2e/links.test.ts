import { beforeAll, describe, expect, it } from "vitest";
import { completedModule, event, type Json, request } from "../support/processes/service.ts";
import { type ServiceHere, startServiceHere } from "../support/processes/service-here.ts";
import { contentDir } from "./content.ts";

describe("A learner who is known by an email first, and by an id later", () => {
  let service: ServiceHere;
  beforeAll(async () => {
    service = await startServiceHere({ CONTENT_DIR: contentDir(), LOG_LEVEL: "SILENT" });
  });

  let people = 0;
  const someone = () => ({ id: `id-${people}`, email: `someone-${people++}@example.com` });
  const get = async (learner: string, path: string): Promise<Json> =>
    (await service.get(`/learners/${encodeURIComponent(learner)}${path}`)).body;
  const send = async (sent: object): Promise<Json> => (await service.post(sent)).body;
  const link = (id: string, alias: string, more: object = {}) =>
    send(
      event("identity_linked", id, {
        alias: { email: alias },
        reason: "The same person",
        ts: "2026-01-20T10:00:00Z",
        ...more,
      }),
    );
  const listed = async (slug: string, among: string[]): Promise<string[]> => {
    const { body } = await service.get(`/courses/${slug}/completions?limit=1000`);
    return body.completions.map((row: Json) => row.learner_id).filter((learner: string) => among.includes(learner));
  };

  it.each(["before", "between", "after"])("has done what was done under both: linked %s the events", async (moment) => {
    const { id, email } = someone();
    if (moment === "before") await link(id, email);
    const first = await send(completedModule(email, "strings", "2026-01-18T10:00:00Z"));
    if (moment === "between") await link(id, email);
    const second = await send(completedModule(id, "arrays", "2026-01-19T10:00:00Z"));
    const linked = moment === "after" ? await link(id, email) : undefined;
    expect(first.learner_id).toBe(moment === "before" ? id : email);

    // The write that completes the course reports it, whoever's it is.
    const reporting = linked ?? second;
    expect(reporting.courses).toMatchObject([{ slug: "ruby", completed: true, newly_completed: true }]);
    for (const learner of [id, email]) {
      expect(await get(learner, "/courses/ruby")).toMatchObject({
        completed: true,
        completed_at: "2026-01-19T10:00:00.000Z",
        settled: true,
      });
      expect(await get(learner, "/progress")).toMatchObject({ learner_id: id });
      const { attempts } = await get(learner, "/history");
      expect(attempts.map((attempt: Json) => attempt.module_slug ?? attempt.decision)).toEqual([
        "link",
        "arrays",
        "strings",
      ]);
    }
    expect(await listed("ruby", [id, email])).toEqual([id]);
  });

  it("has the history of both in order of time, page by page, and says who linked them and why", async () => {
    const { id, email } = someone();
    for (const [learner, day] of [
      [id, 11],
      [email, 12],
      [id, 13],
      [email, 14],
    ] as const)
      await send(
        event("module_scored", learner, {
          module_slug: "essay",
          scores: { draft: day },
          ts: `2026-01-${day}T10:00:00Z`,
        }),
      );
    await link(id, email);
    const seen: Json[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: Json = await get(email, `/history?limit=2${cursor && `&cursor=${cursor}`}`);
      expect(page.attempts.length).toBeLessThanOrEqual(2);
      seen.push(...page.attempts);
      cursor = page.next_cursor;
    }
    expect(seen.map(({ scores }) => scores?.draft)).toEqual([undefined, 14, 13, 12, 11]);
    expect(seen[0]).toMatchObject({
      kind: "decision",
      decision: "link",
      alias: email,
      by: "local",
      reason: "The same person",
    });
  });

  it("gets back what was sent under each id when the link is withdrawn", async () => {
    const { id, email } = someone();
    await send(completedModule(email, "strings"));
    await send(completedModule(id, "arrays"));
    await link(id, email);
    await link(id, email, { withdrawn: true, ts: "2026-01-20T10:00:01Z" });
    for (const [learner, missing] of [
      [id, "strings"],
      [email, "arrays"],
    ] as const)
      expect(await get(learner, "/courses/ruby")).toMatchObject({
        completed: false,
        settled: true,
        missing: [{ slug: missing }],
      });
    expect(await listed("ruby", [id, email])).toEqual([]);
    expect((await get(email, "/history")).attempts).toHaveLength(1);
  });

  it("has sessions, cards and scores together", async () => {
    const { id, email } = someone();
    const session = { session_id: "s", session_type: "module" };
    await send(event("session_started", email, { ...session, ts: "2026-01-18T10:00:00Z" }));
    await send(event("session_ended", id, { ...session, ts: "2026-01-18T10:30:00Z" }));
    for (const [learner, rating] of [
      [email, "good"],
      [id, "easy"],
    ])
      await send(
        event("item_reviewed", learner as string, {
          module_slug: "tour",
          item_id: "i",
          rating,
          ts: "2026-01-18T10:00:00Z",
        }),
      );
    await link(id, email);
    expect((await get(email, "/sessions")).sessions).toMatchObject([{ session_id: "s", duration_seconds: 1_800 }]);
    const { reviews } = await get(id, "/reviews");
    expect(reviews).toHaveLength(1);
  });

  it("is exported and deleted as one, and every id stays deleted", async () => {
    const { id, email } = someone();
    await send(completedModule(email, "strings"));
    await send(completedModule(id, "arrays"));
    await link(id, email);
    const { learner_id, progress } = await get(email, "/export");
    expect(learner_id).toBe(id);
    expect([...new Set(progress.map((item: Json) => item.learner_id))].sort()).toEqual([id, email].sort());

    const deleted = await request(service.url, `/learners/${encodeURIComponent(email)}`, { method: "DELETE" });
    expect(deleted).toMatchObject({ status: 200, body: { learner_id: id } });
    for (const learner of [id, email]) {
      expect((await get(learner, "/progress")).modules).toEqual({});
      expect(await send(completedModule(learner, "strings"))).toMatchObject({ status: 410, code: "LEARNER_DELETED" });
    }
    const other = someone();
    expect(await link(other.id, email)).toMatchObject({ status: 410, code: "LEARNER_DELETED" });
    expect((await get(other.id, "/history")).attempts).toEqual([]);
  });
});
