import { Hono } from "hono";
import { expect, it } from "vitest";
import { track } from "../../src/api/handlers/track.ts";
import { logRequests } from "../../src/api/request-log.ts";
import type { Services } from "../../src/api/route.ts";
import { noMetrics } from "../../src/process/metrics.ts";
import { catalogSource } from "../../src/service/catalog/catalog-source.ts";
import { createIngest } from "../../src/service/ingest/ingest.ts";
import type { Store } from "../../src/store/store.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { dynaliteStore } from "../support/processes/stores.ts";

const log = { debug() {}, info() {}, warn() {}, error() {} };
const moduleWith = (...steps: string[]) =>
  catalogOf({ "courses/c.json": { slug: "c", modules: ["calm"] }, "modules/calm/completion.json": { steps } });

const opened = dynaliteStore();

/** A store whose first call waits until it is let through. */
function heldStore(store: Store): { store: Store; reached: Promise<void>; letThrough: () => void } {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const held = new Proxy(store, {
    get(target, name) {
      const method = Reflect.get(target, name) as unknown;
      if (typeof method !== "function") return method;
      return async (...given: unknown[]) => {
        reached.resolve();
        await gate.promise;
        return method.apply(target, given);
      };
    },
  });
  return { store: held, reached: reached.promise, letThrough: gate.resolve };
}

it.each([
  ["one event", (event: object) => event, (answer: { module: object }) => answer.module],
  [
    "a batch",
    (event: object) => ({ events: [event] }),
    (answer: { results: { module: object }[] }) => answer.results[0]?.module,
  ],
])(
  "The answer to %s is made under the catalog that judged it, whatever came meanwhile",
  async (_, bodyOf, moduleIn) => {
    const { store } = opened();
    const held = heldStore(store);
    // The step that is still to do is dropped from the content in mid-request: by the new one, the module is complete.
    const [before, after] = [moduleWith("breathing", "naming"), moduleWith("breathing")];
    const catalog = catalogSource(before, () => ({ ok: true, catalog: after }));
    const ingest = createIngest({ store: held.store, catalog, log });
    const services: Services = { store, catalog, ingest, openApi: async () => "{}", client: async () => ({}) };
    const identify = async () => ({ learnerId: undefined, scopes: new Set(["waymark:write"] as const) });
    const app = new Hono();
    app.use(logRequests(log, noMetrics));
    app.post("/events/track", (context) => track(context, services, identify));

    const event = {
      eventName: "learning_module_progressed",
      contactIdentifier: { contactId: crypto.randomUUID() },
      payload: { module_slug: "calm", step: "breathing" },
    };
    const answering = app.request("/events/track", { method: "POST", body: JSON.stringify(bodyOf(event)) });
    await held.reached;
    expect(await catalog.reload()).toBe("changed");
    held.letThrough();

    const answer = await (await answering).json();
    expect(moduleIn(answer as never)).toMatchObject({
      status: "started",
      completed_at: null,
      progress_percentage: 50,
      steps: [{ step: "breathing" }, { step: "naming", done_at: null }],
    });
  },
);
