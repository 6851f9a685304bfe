import { createClock } from "./clock.ts";
import { newId } from "./new-id.ts";
import { hearPage } from "./page-events.ts";
import { createQueue } from "./queue.ts";
import { refusal } from "./refusal.ts";
import { createRequest } from "./request.ts";
import { createSender } from "./sender.ts";
import { createTabs, type News } from "./tabs.ts";
import type { AcceptedEvent, Options, Result, Waymark } from "./types.ts";

export type * from "./types.ts";

/** After this, an answer that another tab had is asked for again. */
const UNHEARD_MS = 1_000;
const SIGN_OUT_MS = 5_000;

type Caller = { body: string; resolve(result?: AcceptedEvent): void; reject(error: Error): void };

/** The page's storage, where there is one that may be used. */
function storageOf(): Storage | undefined {
  try {
    return typeof document === "undefined" ? undefined : localStorage;
  } catch {
    return undefined;
  }
}

/**
 * A learner's connection to Waymark, in a page or in Node. Whatever is tracked arrives once, whatever happens to the
 * page, the connection and the service in between: it is kept until the service has answered it.
 */
export function createWaymark(given: Options): Waymark {
  const options = { ...given, url: given.url.replace(/\/+$/, "") };
  const { url, learner } = options;
  // As JSON, no scope is the beginning of another one, whatever characters a learner's id has.
  const scope = `waymark${JSON.stringify([url, learner])}`;
  const storage = storageOf();
  const clock = createClock(storage);
  const queue = createQueue(scope, storage);
  const callers = new Map<string, Caller>();
  const listeners = new Set<(result: Result) => void>();
  let isEnabled = options.enabled !== false;
  let isOver = false;
  let count = 1e6;

  const hear = (news: News<Result>) => {
    for (const [key, result] of news) {
      queue.remove(key);
      const caller = callers.get(key);
      callers.delete(key);
      if (result.status === "refused") caller?.reject(refusal(result.error));
      else caller?.resolve(result);
      // A listener that fails is not to stop what is under way here.
      for (const listener of listeners) queueMicrotask(() => listener(result));
    }
  };
  const tabs = createTabs(scope, hear);
  const request = createRequest(options, clock, () => isEnabled);
  const sender = createSender({
    queue,
    request,
    exclusively: tabs.exclusively,
    settle(news) {
      hear(news);
      tabs.tell(news);
    },
  });

  /** Another tab may have had our event answered, and this one not have heard of it: then it is sent again. */
  let look: ReturnType<typeof setTimeout> | undefined;
  const adoptUnheard = () => {
    const kept = new Set(queue.keys());
    const unheard = [...callers].filter(([key]) => !kept.has(key));
    for (const [key, { body }] of unheard) queue.adopt(key, body);
    if (unheard.length > 0) void start();
  };
  const start = async (impatient = false): Promise<void> => {
    if (!isEnabled) return;
    await sender.start(impatient);
    // One look for all that is tracked in one go: of a thousand events, a look for each would take seconds.
    clearTimeout(look);
    if (callers.size) look = setTimeout(adoptUnheard, UNHEARD_MS);
  };
  const leave = () => {
    if (isEnabled) sender.leave();
  };
  const begin = () => {
    tabs.open();
    void start(true);
  };
  const stopHearing = hearPage({
    leave() {
      leave();
      tabs.close();
    },
    hide: leave,
    show: begin,
    online: () => void start(true),
  });

  const read = async (path: string) => {
    const { ok, status, json } = await request(`/learners/${encodeURIComponent(learner)}/${path}`);
    if (ok && json) return json;
    throw refusal(json?.code ? json : { code: `HTTP_${status}` });
  };
  const readOne = (kind: string) => (slug: string) => read(`${kind}/${encodeURIComponent(slug)}`);

  begin();
  return {
    track: async (name, { ts, ...fields }) => {
      if (!isEnabled) return undefined;
      const id = newId();
      const at = new Date(clock.now()).toISOString();
      const payload = { ...fields, ts: ts ?? at };
      const body = JSON.stringify({ eventName: name, eventId: id, contactIdentifier: { contactId: learner }, payload });
      const key = `${scope}${at}${count++}${id}`;
      queue.keep(key, body);
      const answered = new Promise<AcceptedEvent | undefined>((resolve, reject) =>
        callers.set(key, { body, resolve, reject }),
      );
      // What is tracked in one go is sent in one go.
      queueMicrotask(() => void start());
      return answered;
    },
    course: readOne("courses"),
    pathway: readOne("pathways"),
    module: readOne("modules"),
    summary: (wanted = {}) => read(`summary?${new URLSearchParams(wanted as Record<string, string>)}`),
    progress: () => read("progress"),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get pending() {
      return queue.keys().length;
    },
    async flush() {
      await start(true);
      return queue.keys().length;
    },
    async signOut() {
      await Promise.race([start(true), new Promise((done) => setTimeout(done, SIGN_OUT_MS))]);
      isEnabled = false;
      isOver = true;
      sender.stop();
      stopHearing();
      tabs.close();
      for (const { resolve } of callers.values()) resolve();
      callers.clear();
    },
    enable() {
      isEnabled = !isOver;
      begin();
    },
  };
}
