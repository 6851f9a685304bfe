import type { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { allow } from "./allow.ts";
import { except } from "./except.ts";
import { privateBucket } from "./private-bucket.ts";
import type { Stage } from "./stages.ts";

const KEY = "catalog.json";

/** Where content is published between deployments. Empty is a state to work in: the catalog in the bundle stands then. */
export type CatalogBucket = {
  bucket: Bucket;
  uri: string;
  /** What a function needs to read the catalog. */
  readStatements(): PolicyStatement[];
  /** What an operator needs who publishes: to see what is there, and to put another one in its place. */
  publishStatements(): PolicyStatement[];
};

// It is there also where the stage does not use it, so that to stop using it does not delete what it holds.
export function createCatalogBucket(scope: Construct, stage: Stage): CatalogBucket {
  // A catalog that was published by mistake is one copy away from the one before.
  const bucket = privateBucket(scope, "CatalogBucket", stage, { versioned: true });
  except(
    bucket,
    "S1",
    "It holds one object, which is course content and no secret; versions keep its history, and CloudTrail tells who wrote.",
  );
  const readStatements = () => [
    allow(["s3:GetObject"], bucket.arnForObjects(KEY)),
    // S3 hides from those who may not list that a key is missing: it answers 403, as for a permission that is missing.
    // Nothing published yet is normal and a missing permission is not, so the service must be able to tell them apart.
    allow(["s3:ListBucket"], bucket.bucketArn),
  ];
  return {
    bucket,
    uri: bucket.s3UrlForObject(KEY),
    readStatements,
    publishStatements: () => [...readStatements(), allow(["s3:PutObject"], bucket.arnForObjects(KEY))],
  };
}
