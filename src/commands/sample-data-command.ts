import type { Life } from "../analytics/sample/life.ts";
import { type Sample, sampleLearners } from "../analytics/sample/sample-learners.ts";
import { fixedCatalog } from "../service/catalog/catalog-source.ts";
import { versionKeeper } from "../service/catalog/keep-versions.ts";
import { createIngestByLearner } from "../service/ingest/ingest.ts";
import { openForCommand } from "./command.ts";
import { progressDisplay } from "./progress-display.ts";
import { StartError } from "./start-error.ts";

/** What is refused is counted below, and nobody needs to log it. */
const QUIET = { debug() {}, info() {}, warn() {}, error() {} };
/** So many learners are sent at once. */
const AT_ONCE = 32;

/** Sends the events of made-up learners to the store, as pages would have sent them. @returns the exit code */
export async function runSampleDataCommand(sample: Sample & { force: boolean }): Promise<number> {
  const { catalog, opened, itemCount } = await openForCommand((line) => console.log(line), { mustExist: false });
  try {
    if (itemCount > 0 && !sample.force)
      throw new StartError(
        "There are learners in this store already, and sample data would stand among them. Set DATA_DIR to another folder, or give --force.",
      );
    await opened.prepare();
    const { store } = opened.connect("batch");
    const source = fixedCatalog(catalog);
    await versionKeeper({ store, catalog: source, log: QUIET })();
    const ingest = createIngestByLearner({ store, catalog: source, log: QUIET });
    const display = progressDisplay(sample.learners);
    const began = performance.now();
    let [sent, refused, learners] = [0, 0, 0];
    for (const lives of inGroups(sampleLearners(catalog, sample))) {
      const events = lives.flatMap((life) => life.events);
      const times = events.map(({ payload }) => payload.ts);
      for (const result of await ingest(events, undefined, times)) {
        if ("failure" in result) throw result.failure;
        if (result.error) refused++;
      }
      sent += events.length;
      learners += lives.length;
      display.update(learners, learners, (performance.now() - began) / 1_000);
    }
    display.stop();
    console.log(
      `${learners} learners have sent ${sent} events${refused > 0 ? `, of which ${refused} were refused` : ""}`,
    );
    console.log("Look at them with: npm run report");
    return 0;
  } finally {
    await opened.close();
  }
}

function* inGroups(lives: Iterable<Life>): Generator<Life[]> {
  let group: Life[] = [];
  for (const life of lives) {
    group.push(life);
    if (group.length < AT_ONCE) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
