import { beforeAll, describe, expect, it } from "vitest";
import { bearer, createIssuer, type Issuer } from "../support/builders/tokens.ts";
import {
  completedModule,
  type Service,
  startService,
  temporaryFolder,
  writeContent,
} from "../support/processes/service.ts";
import { countCases } from "../support/vitest/cases.ts";
import { isLong } from "../support/vitest/runs.ts";
import { FUZZED_CONTENT } from "../trials/fuzz/content.ts";
import { EXCHANGES, faultsInLog } from "../trials/fuzz/judge.ts";
import { fuzz } from "../trials/fuzz/run-fuzz.ts";
import { tokensOf } from "../trials/fuzz/tokens.ts";

const WANTED = isLong ? 10_000 : 300;
// A new one every day is a new test every day. A failure tells its seed and path, and `npm run bench -- fuzz` takes both.
const SEED = Math.floor(Date.now() / 86_400_000);

const CONTENT_DIR = writeContent(temporaryFolder(), FUZZED_CONTENT);
let issuer: Issuer;
let stranger: Issuer;
beforeAll(async () => {
  issuer = await createIssuer();
  stranger = await createIssuer();
});

describe.each<[string, () => Record<string, string>]>([
  ["with an issuer", () => issuer.variables],
  ["that is open", () => ({})],
])("A service %s", (_, variables) => {
  let service: Service;
  const isClosed = () => Object.keys(variables()).length > 0;
  beforeAll(async () => {
    service = await startService({ CONTENT_DIR, ...variables() });
  });

  it("answers whatever comes over the wire soundly, or closes", async () => {
    const tokens = await tokensOf(issuer, stranger, isClosed());
    const { url } = service;
    const { counts, extremes } = await fuzz({ url, tokens, exchanges: WANTED, seed: SEED });
    countCases(counts[EXCHANGES] ?? 0);
    // How long anything took is asked on a machine that is quiet: npm run bench -- fuzz.
    expect(extremes.largest_bytes).toBeGreaterThan(1_000);
    // Otherwise it says nothing.
    expect(counts[EXCHANGES]).toBeGreaterThan(0.8 * WANTED);
    expect(counts["200"]).toBeGreaterThan(10);
    expect(counts["400 INVALID_JSON"]).toBeGreaterThan(2);
    expect(counts["400 SCHEMA_VALIDATION_FAILED"]).toBeGreaterThan(2);
    expect(counts["400 bare"]).toBeGreaterThan(2);
    expect(counts["401 UNAUTHENTICATED"]).toBeGreaterThan(10);
  });

  it("and lives on, with nothing in its log that should not be there", async () => {
    const token = bearer(await issuer.mint({ scope: "waymark:write" }));
    const answer = await service.post(completedModule("survivor", "arrays"), isClosed() ? token : {});
    expect(answer).toMatchObject({ status: 200, body: { status: "accepted", learner_id: "survivor" } });
    expect(await service.get("/health")).toMatchObject({ status: 200, body: { status: "ok" } });
    expect(await service.kill()).toEqual({ code: 0, signal: null });
    expect(faultsInLog(service.output().split("\n"))).toEqual([]);
  });
});
