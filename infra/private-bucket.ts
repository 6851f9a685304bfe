import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type LifecycleRule,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import { Duration, RemovalPolicy } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import type { Stage } from "./stages.ts";

/** An upload that broke off is paid for, and nobody sees it. */
const BROKEN_OFF: LifecycleRule = { id: "broken-uploads", abortIncompleteMultipartUploadAfter: Duration.days(7) };

type Options = Pick<BucketProps, "lifecycleRules"> & {
  /** Whether what is overwritten or deleted is kept for a while. */
  versioned: boolean;
};

/** A bucket that nobody sees from outside, encrypted, over TLS alone; old versions go when the stage says so. */
export function privateBucket(scope: Construct, id: string, stage: Stage, options: Options): Bucket {
  const { versioned, lifecycleRules = [] } = options;
  return new Bucket(scope, id, {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned,
    lifecycleRules: [BROKEN_OFF, ...(versioned ? [oldVersions(stage)] : []), ...lifecycleRules],
    removalPolicy: stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}

/** The newest of them stay, however old: a catalog that is published once a year can be taken back, too. */
const oldVersions = ({ oldVersionsDays }: Stage): LifecycleRule => ({
  id: "old-versions",
  noncurrentVersionExpiration: Duration.days(oldVersionsDays),
  noncurrentVersionsToRetain: 10,
  expiredObjectDeleteMarker: true,
});
