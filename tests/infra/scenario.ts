import { ROUTES } from "../../src/api/routes.ts";
import { NEEDED_FIELDS } from "../support/events.ts";
import { event, request, type Service } from "../support/service.ts";
import type { Fate, StoreProxy } from "../support/store-proxy.ts";

/**
 * What the policies allow already for routes and events that are still to come: erasing a learner.
 * Take each away when the service makes the call; the test says so.
 */
export const CALLS_TO_COME = {
  http: ["BatchWriteItem progress", "BatchWriteItem records", "PutItem progress"],
  queue: ["BatchWriteItem progress", "BatchWriteItem records", "PutItem progress", "Query records"],
};

/** Content in which each event of NEEDED_FIELDS has something to do. */
export const CONTENT = {
  "courses/ruby.json": { slug: "ruby", title: "Ruby", modules: ["strings"] },
  "courses/strict.json": {
    slug: "strict",
    title: "Strict",
    enforce_order: true,
    sequential: true,
    modules: ["s1", "s2"],
  },
  "pathways/full-stack.json": { slug: "full-stack", title: "Full stack", courses: ["ruby"] },
  "modules/strings/completion.json": {
    completion_tasks: [{ task_slug: "quiz-1", task_type: "quiz", passing_score: 75, max_attempts: 5 }],
    review_items: [{ id: "hola", front: "hola", back: "hello" }],
  },
};

const LEARNER = "ada";

/**
 * Every event twice: the first time round, some claim what later ones bring about. And what only some events come to:
 * a time that is earlier than the stored one, an item that two events change at once, a module whose order is enforced.
 */
export async function sendEveryEvent(service: Service, proxy: StoreProxy): Promise<void> {
  for (const round of [1, 2])
    for (const [name, fields] of Object.entries(NEEDED_FIELDS)) {
      const { status, text } = await service.post({
        eventName: name,
        contactIdentifier: { contactId: LEARNER },
        payload: { ...fields, ts: "2026-01-18T10:00:00Z" },
      });
      if (round === 2 && status !== 200) throw new Error(`${name} is answered ${status}: ${text}`);
    }
  await service.post(event("module_completed", LEARNER, { module_slug: "s2" }));
  await startAtOnce(service, proxy);
}

/** Two events that each bring an earlier start: the second has changed the item before the first can. */
async function startAtOnce(service: Service, proxy: StoreProxy): Promise<void> {
  const start = (clock: string) =>
    service.post(event("module_started", LEARNER, { module_slug: "raced", ts: `2026-01-18T${clock}:00Z` }));
  await start("12:00");
  const [held, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  proxy.decide = async ({ command, body }): Promise<Fate> => {
    if (command === "UpdateItem" && body.ConditionExpression !== undefined) {
      held.resolve();
      await release.promise;
    }
    return "pass";
  };
  const first = start("10:00");
  await held.promise;
  proxy.decide = () => "pass";
  await start("11:00");
  release.resolve();
  await first;
}

const SLUGS = { modules: "strings", courses: "ruby", pathways: "full-stack" };

/** Every other route, those that take away last. */
export async function askEveryRoute({ url }: Service): Promise<void> {
  const others = ROUTES.filter(([, path]) => path !== "/events/track");
  for (const [method, path] of others.toSorted(([a], [b]) => Number(a !== "GET") - Number(b !== "GET"))) {
    const filled = path
      .replace(":id", LEARNER)
      .replace(/(modules|courses|pathways)\/:slug/, (_, kind: keyof typeof SLUGS) => `${kind}/${SLUGS[kind]}`);
    const { status, text } = await request(url, filled, { method });
    if (status >= 300) throw new Error(`${method} ${filled} is answered ${status}: ${text}`);
  }
}
