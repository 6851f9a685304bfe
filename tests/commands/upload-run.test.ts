import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { uploadPlace, uploadRun } from "../../src/commands/upload-run.ts";
import { readEnvironment } from "../../src/process/environment.ts";
import { startUploads } from "../support/fakes/s3-uploads.ts";
import { temporaryFolder } from "../support/processes/service.ts";

/** A run with these files, each with its own path in it. */
function runWith(files: Record<string, string[]>) {
  const folder = temporaryFolder();
  const tables = Object.fromEntries(
    Object.entries(files).map(([table, names]) => [
      table,
      {
        rows: 1,
        bytes: 1,
        columns: [],
        files: names.map((name) => {
          const path = `${table}/${name}`;
          mkdirSync(dirname(join(folder, path)), { recursive: true });
          writeFileSync(join(folder, path), path);
          return { path, bytes: path.length, sha256: "" };
        }),
      },
    ]),
  );
  return { folder, manifest: { run: "2026-01-18T02-00-00-000Z", tables } };
}

it("a run is put under its day, and the table that tells of it last", async () => {
  const { endpoint, uploads } = await startUploads();
  const { folder, manifest } = runWith({
    dim_catalog: ["part-0.parquet"],
    dim_learner: ["part-0.parquet", "part-1.parquet"],
    deleted_learners: ["part-0.parquet"],
  });
  const environment = readEnvironment({ AWS_ENDPOINT_URL_S3: endpoint });
  const where = await uploadRun(folder, manifest, uploadPlace("s3://analytics/runs/"), environment);
  expect(where).toBe("s3://analytics/runs/2026-01-18");
  expect(uploads.map(({ path, body }) => [path, body.toString()])).toEqual(
    [
      "dim_learner/part-0.parquet",
      "dim_learner/part-1.parquet",
      "deleted_learners/part-0.parquet",
      "dim_catalog/part-0.parquet",
    ].map((file) => [`/analytics/runs/2026-01-18/${file}`, file]),
  );
});

it.each(["analytics/runs", "s3://analytics", "s3:///runs", "https://analytics/runs"])("%s is no place in S3", (text) =>
  expect(() => uploadPlace(text)).toThrow(/expected s3:\/\/bucket\/prefix/),
);
