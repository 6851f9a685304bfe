import type { Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fate, type Passing, type StoreProxy, startStoreProxy } from "../support/fakes/store-proxy.ts";
import { type Answer, completedModule, event, type Service, startService } from "../support/processes/service.ts";
import { startDynalite } from "../support/processes/stores.ts";
import { contentDir } from "./content.ts";

/** When API Gateway gives up: three attempts of at most three seconds stay below it on a busy machine, too. */
const PATIENCE_MS = 29_000;

type Failure = Exclude<Fate, "pass">;
type Rule = { failure: Failure; when: (passing: Passing) => boolean };
/** Rules are asked in turn; the first that holds decides. */
const rules = new Set<Rule>();

let store: Server;
let proxy: StoreProxy;
let service: Service;

beforeAll(async () => {
  const started = await startDynalite();
  store = started.server;
  proxy = await startStoreProxy(started.endpoint);
  proxy.decide = (passing) => [...rules].find(({ when }) => when(passing))?.failure ?? "pass";
  service = await startService({ CONTENT_DIR: contentDir(), STORE: proxy.endpoint });
});
afterAll(() => {
  store.closeAllConnections();
  store.close();
});

const writes =
  (entity: string) =>
  ({ command, text }: Passing) =>
    command === "UpdateItem" && text.includes(`"${entity}"`);
/** The write of a flag, not of an enrolment. */
const flags = (entity: string) => (seen: Passing) => writes(entity)(seen) && seen.text.includes("catalog_version");
const reads = ({ command }: Passing) => command === "Query";

/** Lets one learner's requests to the store fail, so that tests can go on side by side. */
function failing(
  learner: string,
  failure: Failure,
  when: (seen: Passing) => boolean,
  times = Number.POSITIVE_INFINITY,
) {
  let left = times;
  const rule: Rule = {
    failure,
    when: (seen) => seen.text.includes(`"${learner}"`) && when(seen) && left-- > 0,
  };
  rules.add(rule);
  return () => rules.delete(rule);
}

function expectUnavailable({ status, headers, body }: Answer): void {
  expect(status).toBe(503);
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(headers.get("retry-after")).toMatch(/^\d+$/);
  expect(body).toMatchObject({ status: 503, code: "STORE_UNAVAILABLE" });
  expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|Exception|\\n\s+at /);
}

const timed = async (answer: Promise<Answer>): Promise<[Answer, number]> => {
  const start = performance.now();
  return [await answer, performance.now() - start];
};

/** A learner who has one module to go. */
const prepared = async (learner: string) => {
  for (const slug of ["strings", "welcome"]) await service.post(completedModule(learner, slug));
};
const LAST = "arrays";

/** The learner's flags, and that the history of failures has left nothing else behind. */
const expectComplete = async (learner: string) => {
  for (const path of ["courses/ruby", "pathways/full-stack"])
    expect((await service.get(`/learners/${learner}/${path}`)).body).toMatchObject({
      completed: true,
      completed_at: "2026-01-18T10:00:00.000Z",
      completion_source: "inferred",
    });
};

const POINTS: [string, (seen: Passing) => boolean][] = [
  ["at the record", writes(`MODULE#${LAST}`)],
  ["at the Query, after the record", reads],
  ["at the course's flag", flags("COURSE#ruby")],
  ["at the pathway's flag, after the course's", flags("PATHWAY#full-stack")],
];
const FAILURES: Failure[] = ["throttle", "error 500", "cut before", "cut after"];

describe.concurrent("An event that the store does not take", () => {
  it.each(POINTS.flatMap(([point, when]) => FAILURES.map((failure) => [failure, point, when] as const)))(
    "(%s %s) is answered 503, and taken when it is sent again",
    async (failure, point, when) => {
      const learner = `${failure} ${point}`;
      await prepared(learner);
      const sent = completedModule(learner, LAST);
      const recover = failing(learner, failure, when);
      const [answer, elapsed] = await timed(service.post(sent));
      expectUnavailable(answer);
      expect(elapsed).toBeLessThan(PATIENCE_MS);
      recover();

      const again = await service.post(sent);
      expect(again).toMatchObject({ status: 200, body: { status: "accepted" } });
      // Sent again it reports what it completed, also where the first attempt had written the flag.
      expect(again.body.courses).toMatchObject([{ slug: "ruby", completed: true, newly_completed: true }]);
      expect(again.body.pathways).toMatchObject([{ slug: "full-stack", completed: true, newly_completed: true }]);
      await expectComplete(learner);
    },
  );

  it.each(POINTS)(
    "is healed by the learner's next event when it failed %s and is never sent again",
    async (point, when) => {
      const learner = `never again ${point}`;
      await prepared(learner);
      const recover = failing(learner, "error 500", when);
      expectUnavailable(await service.post(completedModule(learner, LAST)));
      recover();
      const next = await service.post(
        point === "at the record" ? completedModule(learner, LAST) : completedModule(learner, "extras"),
      );
      expect(next.status).toBe(200);
      await expectComplete(learner);
    },
  );

  it.each(POINTS.flatMap(([point, when]) => FAILURES.map((failure) => [failure, point, when] as const)))(
    "at the first attempt (%s %s) is taken at the second, and nobody notices",
    async (failure, point, when) => {
      const learner = `once ${failure} ${point}`;
      await prepared(learner);
      failing(learner, failure, when, 1);
      const answer = await service.post(completedModule(learner, LAST));
      expect(answer.status).toBe(200);
      expect(answer.body.courses).toMatchObject([{ slug: "ruby", newly_completed: true }]);
      expect(answer.body.pathways).toMatchObject([{ slug: "full-stack", newly_completed: true }]);
      await expectComplete(learner);
    },
  );

  it.each<[string, (learner: string) => object, (seen: Passing) => boolean]>([
    ["started", (learner) => event("module_started", learner, { module_slug: "a" }), writes("MODULE#a")],
    ["viewed", (learner) => event("page_viewed", learner, { content_type: "page", slug: "a" }), writes("PROFILE")],
    ["enrolled", (learner) => event("course_enrolled", learner, { course_slug: "ruby" }), writes("COURSE#ruby")],
  ])("%s, is answered 503 as well", async (name, eventOf, when) => {
    const learner = `${name} learner`;
    const recover = failing(learner, "error 500", when);
    expectUnavailable(await service.post(eventOf(learner)));
    recover();
    expect((await service.post(eventOf(learner))).status).toBe(200);
  });

  it("fails its whole batch, which may be sent again", async () => {
    const recover = failing("batch 2", "error 500", writes(`MODULE#${LAST}`));
    const events = ["batch 1", "batch 2", "batch 3"].flatMap((learner) =>
      ["strings", LAST, "welcome"].map((slug) => completedModule(learner, slug)),
    );
    expectUnavailable(await service.post({ events }));
    recover();
    const again = await service.post({ events });
    expect(again.body.results.map(({ status }: { status: string }) => status)).toEqual(events.map(() => "accepted"));
    for (const learner of ["batch 1", "batch 2", "batch 3"]) await expectComplete(learner);
  });

  it.each([
    ["at the record", writes(`MODULE#${LAST}`)],
    ["at the Query", reads],
  ])("because it hangs %s is answered within the client's patience", async (point, when) => {
    const learner = `hang ${point}`;
    await prepared(learner);
    const recover = failing(learner, "hang", when);
    const [answer, elapsed] = await timed(service.post(completedModule(learner, LAST)));
    expectUnavailable(answer);
    expect(elapsed).toBeLessThan(PATIENCE_MS);
    recover();
    expect((await service.post(completedModule(learner, LAST))).status).toBe(200);
    await expectComplete(learner);
  });
});

describe.concurrent("A read that the store does not answer", () => {
  it.each(["progress", "modules/strings", "courses/ruby", "pathways/full-stack"])(
    "of %s is answered 503",
    async (path) => {
      const learner = `reader of ${path}`;
      const recover = failing(learner, "throttle", () => true);
      expectUnavailable(await service.get(`/learners/${encodeURIComponent(learner)}/${path}`));
      recover();
      expect((await service.get(`/learners/${encodeURIComponent(learner)}/${path}`)).status).toBe(200);
    },
  );
});

describe("The log", () => {
  it.each([
    ["throttle", /ProvisionedThroughputExceeded/],
    ["error 500", /InternalServerError/],
    ["cut before", /socket hang up|ECONNRESET/],
  ] as const)("says of a store that fails (%s) why", async (failure, cause) => {
    const learner = `log ${failure}`;
    const recover = failing(learner, failure, reads);
    const before = service.logs().length;
    expectUnavailable(await service.post(completedModule(learner, LAST)));
    recover();
    const errors = service
      .logs()
      .slice(before)
      .filter(({ level }) => level === "ERROR");
    expect(errors).toEqual([
      expect.objectContaining({
        level: "ERROR",
        message: "Request failed",
        service: "waymark",
        code: "STORE_UNAVAILABLE",
        cause: expect.stringMatching(cause),
      }),
    ]);
  });

  it("says of a store that hangs that it timed out", () => {
    expect(service.logs()).toContainEqual(expect.objectContaining({ cause: expect.stringMatching(/TimeoutError/) }));
  });

  it("holds no stack", () => expect(service.output()).not.toMatch(/\\n\s+at |\n\s+at /));
});

describe("A store that is down", () => {
  it("is answered 503 for, and is used again when it is back", async () => {
    await prepared("down");
    await proxy.goDown();
    const [answer, elapsed] = await timed(service.post(completedModule("down", LAST)));
    expectUnavailable(answer);
    expect(elapsed).toBeLessThan(PATIENCE_MS);
    expectUnavailable(await service.get("/courses/ruby/completions"));
    // What needs no store is answered.
    expect((await service.get("/health")).status).toBe(200);
    expect((await service.get("/catalog")).status).toBe(200);
    expect((await service.post(completedModule("down", "#"))).status).toBe(400);

    await proxy.comeUp();
    expect((await service.post(completedModule("down", LAST))).status).toBe(200);
    await expectComplete("down");
  });

  it("does not keep a service from stopping", async () => {
    await proxy.goDown();
    expect(await service.kill()).toEqual({ code: 0, signal: null });
  });
});
