import { beforeEach, describe, expect, it } from "vitest";
import type { BackfillOptions } from "../../../../src/service/jobs/options.ts";
import {
  badData,
  CATALOG,
  courseGone,
  everyKind,
  missing,
  missingAll,
  right,
  unsupported,
  wrongTime,
} from "../learners.ts";
import {
  backfill,
  bucketForFile,
  comparable,
  dumpOf,
  type Functions,
  fetched,
  filesIn,
  filesOf,
  functionsOn,
  type Left,
  type Row,
  requestOf,
  resetRows,
  runsFolder,
  sqliteStore,
} from "./on-aws.ts";
import { SETTINGS } from "./settings.ts";

const open = sqliteStore();
const bucket = bucketForFile();

const OPTIONS: BackfillOptions = {
  dryRun: false,
  batchSize: 2,
  skipSynced: false,
  segments: 3,
  segmentRange: { from: 0, to: 2 },
  concurrency: 2,
  revoke: true,
  revokeUnknown: false,
};

async function inTheCommand(rows: readonly Row[], options: BackfillOptions): Promise<Left> {
  await resetRows(open(), rows);
  const { folder } = await backfill(open(), CATALOG, { ...options, folder: runsFolder() });
  return { files: filesIn(folder), flags: await dumpOf(open()) };
}

const everybody = (): Row[] => [...everyKind("ada"), ...everyKind("bob"), ...badData("cyd"), ...missingAll("dan")];

const CASES: [what: string, rows: Row[], options?: Partial<BackfillOptions>][] = [
  ["sets, clears and moves flags, and writes down who failed", everybody()],
  ["writes nothing in a dry run", everybody(), { dryRun: true }],
  [
    "only sets flags with --no-revoke",
    [...unsupported("ada"), ...missing("bob"), ...wrongTime("dan")],
    { revoke: false },
  ],
  ["clears what has no file with --revoke-unknown", [...courseGone("bob"), ...right("ada")], { revokeUnknown: true }],
  ["counts who is right with --skip-synced", [...right("ada"), ...missing("cyd")], { skipSynced: true }],
  ["has nothing to do in an empty table", []],
  ["has more segments than learners", [...missing("ada"), ...missingAll("bob")], { segments: 70 }],
];

describe.each(SETTINGS)("A backfill %s", (_, work) => {
  let functions: Functions;
  beforeEach(() => {
    functions = functionsOn(open(), bucket().bucket, CATALOG);
  });

  it.each(CASES)("%s, as in the command", async (_, rows, more = {}) => {
    const segments = more.segments ?? OPTIONS.segments;
    const options = { ...OPTIONS, ...more, segments, segmentRange: { from: 0, to: segments - 1 } };
    const wanted = await inTheCommand(rows, options);
    await resetRows(open(), rows);
    const request = requestOf(options);
    await work(request, functions);
    const folder = await fetched(bucket().bucket, request);
    expect(comparable({ files: filesIn(folder), flags: await dumpOf(open()) })).toEqual(comparable(wanted));
    expect(filesOf(folder).checkpoint).toMatchObject({ run: request.run, finished: true, target: "test" });
    // Nothing is left that only the run itself had use for, and the table is free.
    const left = [...bucket().stub.objects.keys()].filter((key) => key.includes(`${request.run}/work/`));
    expect([left, await open().leases.all()]).toEqual([[], []]);
  });
});
