import { openSqliteStore } from "../../../src/store/sqlite/open.ts";

// Writes for as long as it lives, many at once, and says of each on standard output when it was acknowledged.
const [folder = "", name = ""] = process.argv.slice(2);
const { store, durable } = (await openSqliteStore(folder)).connect("page");
let number = 0;
async function write(): Promise<void> {
  for (;;) {
    const learner = `${name}-${number++}`;
    await store.addFacts(learner, { type: "module", slug: "strings" }, { completedAt: "2026-01-18T12:00:00.000Z" });
    await store.addAttempt(learner, {
      eventId: learner,
      identity: learner,
      occurredAt: "2026-01-18T12:00:00.000Z",
      moduleSlug: "strings",
      kind: "completion",
    });
    await durable();
    process.stdout.write(`${learner}\n`);
  }
}
await Promise.all(Array.from({ length: 20 }, write));
