import type { Environment } from "../process/environment.ts";
import type { Clock, Look } from "../service/catalog/await-taken.ts";
import type { OpenStore } from "../store/open-store.ts";
import { askRunningService, healthUrl } from "./running-service.ts";

/** What tells whether the service has taken a publication. */
export type Waiting = { given: { on: "here" | "aws" }; environment: Environment; opened: OpenStore; clock: Clock };

/** How a command sees whether the service has taken a publication, and what it says of that. */
export type ServiceLook = {
  look: () => Promise<Look>;
  timeoutMs: number;
  /** What to say of each outcome. */
  taken: string;
  nobody: string;
  late: string;
};

/** A service on this machine looks once a second. */
const LOCAL_TIMEOUT_MS = 30_000;
/** Beyond CATALOG_TTL, because a function looks when a request comes. */
const REQUEST_MS = 120_000;

const THEN = "It is published, and no flag was settled. Once the service has taken it: npm run backfill";

/** How it is seen that the service has taken a version; to be asked before that is published. */
export const serviceLook = (waiting: Waiting, version: string): Promise<ServiceLook> | ServiceLook =>
  waiting.given.on === "aws" ? lookAtVersions(waiting, version) : lookAtHealth(waiting, version);

function lookAtHealth({ environment: { port } }: Waiting, version: string): ServiceLook {
  const url = healthUrl(port);
  return {
    timeoutMs: LOCAL_TIMEOUT_MS,
    async look() {
      const seen = await askRunningService(port);
      if (seen.kind === "nobody") return "nobody";
      return seen.kind === "service" && seen.version === version ? "taken" : "not yet";
    },
    taken: `taken    by the service at ${url}`,
    nobody: `No service answers at ${url} (PORT); one takes it when it starts.`,
    late: `The service at ${url} has not taken it in ${LOCAL_TIMEOUT_MS / 1_000} s: ask it why, or set PORT if it is another's. ${THEN}`,
  };
}

/**
 * A function keeps a version in the table when it first runs by it. Of a version that was kept before nothing tells; but
 * whichever function gets a request later than CATALOG_TTL looks for itself.
 */
async function lookAtVersions({ environment, opened, clock }: Waiting, version: string): Promise<ServiceLook> {
  const ttl = environment.catalogTtlSeconds;
  const { store } = opened.connect("page");
  const isKept = async () => (await store.catalogVersions()).some((one) => one.version === version);
  const wasKept = await isKept();
  let until: number | undefined;
  const hasCome = async () => {
    // From the first look on, which follows the publication.
    until ??= clock.now() + ttl * 1_000;
    return wasKept ? clock.now() >= until : isKept();
  };
  return {
    timeoutMs: ttl * 1_000 + REQUEST_MS,
    look: async () => ((await hasCome()) ? "taken" : "not yet"),
    taken: wasKept
      ? `taken    by every function that gets a request from now on: CATALOG_TTL, ${ttl} s, is over`
      : "taken    by a function, which has kept this version; the others follow with their next requests",
    nobody: "",
    late:
      `No function has taken it in ${ttl + REQUEST_MS / 1_000} s: none got a request, or they refuse it. ` +
      `GET /health of the API is such a request, and says why. ${THEN}`,
  };
}
