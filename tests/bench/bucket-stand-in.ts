import { startBucket } from "../support/fakes/s3-bucket.ts";
import { answer } from "./worker.ts";

export type BucketAnswer = { endpoint: string; writes: number };

const bucket = startBucket();

answer(async (): Promise<BucketAnswer> => {
  const { endpoint, requests } = await bucket;
  return { endpoint, writes: requests.filter((request) => /^(PUT|POST|GET \?)/.test(request)).length };
});
