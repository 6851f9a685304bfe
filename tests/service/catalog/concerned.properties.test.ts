import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { compareCatalogs } from "../../../src/catalog/compare-catalogs.ts";
import { entityKey } from "../../../src/model/entity.ts";
import { differencesOf, settleForBackfill } from "../../../src/service/jobs/settle-for-run.ts";
import { resolvedReading } from "../../../src/service/settle/resolving.ts";
import { catalogOf, faultsOf } from "../../support/builders/catalogs.ts";
import { anyChange, anyContent, anyEvents, changed, wireOf } from "../../support/builders/changing-content.ts";
import { ingestUnder } from "../../support/builders/ingest.ts";
import { at } from "../../support/builders/times.ts";
import { filesOfContent } from "../../support/oracles/content-oracle.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";
import { holds } from "../../support/vitest/property.ts";
import { RUNS } from "../../support/vitest/runs.ts";

const open = sqliteStore();
const WHEN = at("14:00");
const releases = fc
  .tuple(anyContent, anyChange)
  .map(([before, change]) => [before, changed(before, change)] as const)
  .filter(([, after]) => faultsOf(filesOfContent(after)).length === 0);
const events = anyEvents([at("10:01"), at("10:03"), at("12:00")], 10);

it("A release settles all that it changes by settling what it concerns alone", async () => {
  const { store } = open();
  await holds(
    fc.asyncProperty(releases, events, async ([before, after], sent) => {
      const learner = `learner-${randomUUID()}`;
      const [live, next] = [before, after].map((content) => catalogOf(filesOfContent(content)));
      if (!live || !next) return expect.fail("no catalogs");
      for (const one of sent)
        await ingestUnder(store, live, Date.parse(one.receivedAt))([wireOf(one, learner)], { learnerId: learner });
      const how = { revoke: true, revokeUnknown: false, dryRun: false, recordedAt: WHEN };
      const trail = { intended: new Map(), announce() {} };
      await settleForBackfill(store, { ...how, catalog: live.at(WHEN) }, learner, trail);

      const catalog = next.at(WHEN);
      const reading = resolvedReading(catalog, await store.read(learner));
      const entities = new Set(compareCatalogs(live, next).concerned.map(entityKey));
      expect(differencesOf({ ...how, catalog, entities }, reading)).toEqual(
        differencesOf({ ...how, catalog }, reading),
      );
    }),
    RUNS.sqlite.history,
  );
});
