import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bucket, type ListedObject, openBucket } from "../../src/aws/bucket.ts";
import { memoryBucket } from "../support/fakes/memory-bucket.ts";
import { type BucketStub, KEYS_PER_PAGE, MIN_PART, startBucket } from "../support/fakes/s3-bucket.ts";
import { temporaryFolder } from "../support/processes/service.ts";

let stub: BucketStub;
let ofS3: Bucket;
beforeAll(async () => {
  stub = await startBucket();
  ofS3 = openBucket({ bucket: "runs", prefix: "" }, { endpoint: stub.endpoint, region: "eu-west-1" });
});
afterAll(async () => {
  ofS3.close();
  await stub.close();
});
const inMemory = memoryBucket().bucket;

describe.each([
  ["of S3", () => ofS3],
  ["in memory, for tests", () => inMemory],
])("a bucket %s", (_, open) => {
  const listed = async (prefix: string): Promise<ListedObject[]> => {
    const objects: ListedObject[] = [];
    for await (const object of open().list(prefix)) objects.push(object);
    return objects;
  };
  const keysIn = async (prefix: string) => (await listed(prefix)).map(({ key }) => key);

  it("gives what was last written, and nothing where there is nothing", async () => {
    expect(await open().read("a/none")).toBeUndefined();
    await expect(open().bytes("a/none")).rejects.toMatchObject({ name: "NoSuchKey" });
    const path = join(temporaryFolder(), "file");
    await expect(open().download("a/none", path)).rejects.toMatchObject({ name: "NoSuchKey" });
    await open().write("a/one", "eins");
    const etag = await open().write("a/one", "zwei ✓");
    expect(await open().read("a/one")).toEqual({ text: "zwei ✓", etag });
    expect(await open().bytes("a/one")).toEqual(new Uint8Array(Buffer.from("zwei ✓")));
    expect(await open().bytes("a/one", { from: 1, to: 4 })).toEqual(new Uint8Array(Buffer.from("wei")));
    expect(await open().bytes("a/one", { from: 5, to: 100 })).toEqual(new Uint8Array(Buffer.from("✓")));
    await open().download("a/one", path);
    expect(readFileSync(path, "utf8")).toBe("zwei ✓");
  });

  it("writes where the object is as it was, and says where it is another", async () => {
    const first = await open().write("b/one", "1", null);
    expect(await open().write("b/one", "2", null)).toBe("lost");
    const second = await open().write("b/one", "2", first);
    expect(await open().write("b/one", "3", first)).toBe("lost");
    expect(await open().read("b/one")).toEqual({ text: "2", etag: second });
    expect(await open().write("b/none", "1", first)).toBe("lost");
    expect(await open().read("b/none")).toBeUndefined();
  });

  it("lists every object under a prefix once, in order of the keys, and takes away what it is told", async () => {
    const keys = Array.from({ length: 2 * KEYS_PER_PAGE + 1 }, (_, number) => `c/${String(number).padStart(3, "0")}`);
    for (const key of [...keys.toReversed(), "d/other"]) await open().write(key, key);
    expect(await keysIn("c/")).toEqual(keys);
    const etag = (await open().read("d/other"))?.etag;
    expect(await listed("d/")).toEqual([{ key: "d/other", etag, bytes: 7 }]);
    await open().remove([...keys.slice(1), "c/none"]);
    expect(await keysIn("c/")).toEqual(keys.slice(0, 1));
  });

  it("has an object of parts once that is completed, and none of parts that are too small", async () => {
    const upload = await open().upload("e/large");
    await upload.part(new Uint8Array(MIN_PART).fill(65));
    await upload.part(Buffer.from("end"));
    expect(await open().read("e/large")).toBeUndefined();
    await upload.complete();
    expect((await open().bytes("e/large")).length).toBe(MIN_PART + 3);

    const small = await open().upload("e/small");
    for (const part of ["too", "small"]) await small.part(Buffer.from(part));
    await expect(small.complete()).rejects.toThrow("EntityTooSmall");
    expect(await open().read("e/small")).toBeUndefined();
  });
});
