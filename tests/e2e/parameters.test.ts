import { beforeAll, describe, expect, it } from "vitest";
import { ROUTES } from "../../src/api/routes.ts";
import { completedModule, event, request } from "../support/processes/service.ts";
import { type ServiceHere, startServiceHere } from "../support/processes/service-here.ts";
import { contentDir } from "./content.ts";

let service: ServiceHere;
beforeAll(async () => {
  service = await startServiceHere({ CONTENT_DIR: contentDir() });
  const ts = "2026-01-18T10:00:00Z";
  for (const learner of ["ada", "bob", "eve"]) {
    const events = ["strings", "arrays", "welcome"].flatMap((slug, index) => [
      completedModule(learner, slug, ts),
      event("session_ended", learner, { session_id: `s-${index}`, session_type: "t", ts }),
      event("item_reviewed", learner, { module_slug: slug, item_id: "i", rating: "good", ts }),
    ]);
    expect((await service.post({ events })).body.results.map((one: { status: string }) => one.status)).toEqual(
      events.map(() => "accepted"),
    );
  }
});

/** Where a route's answer is found, for one learner and one slug that has completions. */
const pathOf = (path: string, learner = "ada", slug?: string) =>
  path
    .replace(":id", learner)
    .replace(":run", "backfill-example")
    .replace(":slug", slug ?? (SLUGS.find(([part]) => path.includes(part))?.[1] as string));
const SLUGS = [
  ["modules/", "strings"],
  ["courses/", "ruby"],
  ["pathways/", "full-stack"],
  ["", ""],
] as const;

const rows = ROUTES.map((route) => ({
  ...route,
  name: `${route.method} ${route.path}`,
  takes: Object.keys(route.query?.shape ?? {}),
}));
// Whatever is asked for is refused, so that nothing is deleted and nothing stored.
const ask = (method: string, path: string) =>
  request(service.url, path, {
    method,
    ...(method === "POST" && { body: JSON.stringify(completedModule("new", "a")) }),
  });
const faultsOf = async (method: string, path: string) => {
  const { status, body } = await ask(method, path);
  return [status, body.code, body.errors?.map((fault: { path: string }) => fault.path)];
};
const refused = (...paths: string[]) => [400, "SCHEMA_VALIDATION_FAILED", paths];

describe.each(rows)("$name", ({ method, path, takes }) => {
  it.each([
    ["recorded_since=2026-01-01T00:00:00Z", ["recorded_since"]],
    ["Limit=1", ["Limit"]],
    ["limit[]=1", ["limit[]"]],
    ["x=%", ["x"]],
    ["x", ["x"]],
    ["=1", [""]],
    ["__proto__=1&constructor=2", ["__proto__", "constructor"]],
    ["a=1&b=2&a=3", ["a", "b"]],
  ])("refuses an unknown parameter: ?%s", async (query, paths) => {
    expect(await faultsOf(method, `${pathOf(path)}?${query}`)).toEqual(refused(...paths));
  });

  it("refuses every parameter of other routes", async () => {
    const all = ["limit=1", "cursor=x", "since=2026-01-01T00:00:00Z", "until=2026-01-01T00:00:00Z", "due_before=x"];
    const others = all.filter((one) => !takes.includes(one.split("=")[0] as string));
    for (const one of others)
      expect(await faultsOf(method, `${pathOf(path)}?${one}`)).toEqual(refused(one.split("=")[0] as string));
    expect(others.length + takes.filter((name) => all.some((one) => one.startsWith(`${name}=`))).length).toBe(
      all.length,
    );
  });

  it("takes a question mark with nothing behind it", async () => {
    if (method === "GET") expect((await ask(method, `${pathOf(path)}?`)).status).toBe(200);
  });
});

describe.each(rows.filter(({ takes }) => takes.length > 0))("$name", ({ method, path, takes }) => {
  it.each(takes)("refuses %s twice, also the same", async (name) => {
    const value = name === "limit" ? "1" : "2026-01-01T00:00:00Z";
    expect(await faultsOf(method, `${pathOf(path)}?${name}=${value}&${name}=${value}`)).toEqual(refused(name));
  });
});

const lists = rows.filter(({ takes }) => takes.includes("limit"));

describe.each(lists)("$name", ({ method, path }) => {
  it.each(["0", "-1", "1e3", "1.5", "ten", "", "1001", "0x10", "+1", "%D9%A3", "99999999999999999999", "NaN", "null"])(
    "refuses limit=%s",
    async (limit) => {
      expect(await faultsOf(method, `${pathOf(path)}?limit=${limit}`)).toEqual(refused("limit"));
    },
  );

  it.each(["1", "1000", "007"])("takes limit=%s", async (limit) => {
    expect((await ask(method, `${pathOf(path)}?limit=${limit}`)).status).toBe(200);
  });

  it.each(["", "x", "%%%", "W10", "A".repeat(5_000)])("refuses cursor=%s", async (cursor) => {
    expect(await faultsOf(method, `${pathOf(path)}?cursor=${cursor}`)).toEqual(refused("cursor"));
  });
});

describe("A cursor", () => {
  const cursorOf = async (path: string): Promise<string> => {
    const { body } = await ask("GET", `${path}?limit=1`);
    expect(body.next_cursor).toEqual(expect.any(String));
    return body.next_cursor;
  };
  /** But of runs, of which there may be one alone. */
  const every = () =>
    lists
      .filter(({ path }) => path !== "/runs")
      .flatMap(({ path }) => (path.includes(":id") ? ["ada", "bob"].map((id) => pathOf(path, id)) : [pathOf(path)]));

  it("is taken by the list that gave it, and by no other, of another learner neither", async () => {
    const cursors = new Map<string, string>();
    for (const path of every()) cursors.set(path, await cursorOf(path));
    for (const path of cursors.keys())
      for (const [owner, cursor] of cursors) {
        const found = await faultsOf("GET", `${path}?cursor=${cursor}`);
        expect([path, owner, ...found]).toEqual([
          path,
          owner,
          ...(path === owner ? [200, undefined, undefined] : refused("cursor")),
        ]);
      }
    expect(cursors.size).toBeGreaterThanOrEqual(9);
  });

  it("is taken however the learner's id is written in the path", async () => {
    const cursor = await cursorOf("/learners/ada/history");
    expect((await ask("GET", `/learners/%61da/history?cursor=${cursor}`)).status).toBe(200);
  });

  it("of one module's completions is not another's", async () => {
    const cursor = await cursorOf("/modules/strings/completions");
    expect(await faultsOf("GET", `/modules/arrays/completions?cursor=${cursor}`)).toEqual(refused("cursor"));
  });
});
