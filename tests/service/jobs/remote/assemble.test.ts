import { expect, it } from "vitest";
import { assemble } from "../../../../src/service/jobs/remote/assemble.ts";
import { names, RemoteRun, type SegmentRecord } from "../../../../src/service/jobs/remote/remote-run.ts";
import { bucketForFile } from "../../../support/processes/remote-run.ts";

const bucket = bucketForFile();
const MB = 1_024 * 1_024;

/** Records of segments with parts of these sizes, about; each part has two entries. */
async function segmentsWith(run: RemoteRun, sizes: number[][]): Promise<SegmentRecord[]> {
  return Promise.all(
    sizes.map(async (own, segment) => {
      for (const [number, bytes] of own.entries()) {
        const entry = (half: number) => `,\n${JSON.stringify({ segment, number, half, fill: "x".repeat(bytes / 2) })}`;
        await run.bucket.write(run.folder + names.part("changes", segment, number), entry(0) + entry(1));
      }
      return { segment, parts: { changes: own.length, failures: 0 } } as SegmentRecord;
    }),
  );
}

it.each<[string, number[][], uploads: number]>([
  ["nothing at all", [[], []], 0],
  ["one small part", [[], [100]], 0],
  ["small parts of several segments", [[10, 20], [], [30]], 0],
  ["parts beside the size of an upload's", [[7 * MB, 7 * MB], [3 * MB], [9 * MB, 10]], 1],
])("a file of %s is a list of all entries, in order of segment and part", async (what, sizes, uploads) => {
  const { bucket: client, stub } = bucket();
  const run = new RemoteRun(client, { job: "backfill", run: what });
  const records = await segmentsWith(run, sizes);
  // A crash has left it uncounted.
  await client.write(run.folder + names.part("changes", 0, 90), ",\n{}");
  stub.requests.length = 0;
  await assemble(run, "changes", "changes.json", records);
  const text = (await client.read(`${run.folder}changes.json`))?.text ?? "";
  const entries = (JSON.parse(text) as { segment: number; number: number; half: number }[]).map(
    ({ segment, number, half }) => [segment, number, half],
  );
  const wanted = sizes.flatMap((own, segment) =>
    own.flatMap((_, number) => [0, 1].map((half) => [segment, number, half])),
  );
  expect(entries).toEqual(wanted);
  expect(text.split("\n")).toHaveLength(wanted.length === 0 ? 2 : wanted.length + 3);
  expect(stub.requests.filter((request) => request.startsWith("POST"))).toHaveLength(uploads * 2);
});
