import { describe, expect, it } from "vitest";
import { DEV, PROD, roleStatements, statementsOf, synthesize } from "../support/builders/infra.ts";

describe.each([DEV, PROD])("The catalog bucket of $prefix", (stage) => {
  const synthesized = synthesize(stage);
  const bucket = synthesized.named("AWS::S3::Bucket", "CatalogBucket");

  it("is private, encrypted, and keeps what was overwritten as long as the stage says, the newest ten for good", () =>
    expect(bucket.Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
      },
      VersioningConfiguration: { Status: "Enabled" },
      LifecycleConfiguration: {
        Rules: [
          { Id: "broken-uploads", Status: "Enabled", AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
          {
            Id: "old-versions",
            Status: "Enabled",
            ExpiredObjectDeleteMarker: true,
            NoncurrentVersionExpiration: { NoncurrentDays: stage.oldVersionsDays, NewerNoncurrentVersions: 10 },
          },
        ],
      },
    }));

  it("takes nothing that is not encrypted on the way, and lets in nobody by itself", () => {
    const statements = statementsOf(
      synthesized.named("AWS::S3::BucketPolicy", "CatalogBucket").Properties.PolicyDocument,
    );
    expect(statements.map(({ effect, conditions }) => [effect, conditions])).toEqual([
      ["Deny", { Bool: { "aws:SecureTransport": "false" } }],
      ["Deny", { NumericLessThan: { "s3:TlsVersion": 1.2 } }],
    ]);
  });

  it(`is ${stage.keepsData ? "" : "not "}kept when the stack goes`, () =>
    expect(bucket.DeletionPolicy).toBe(stage.keepsData ? "Retain" : "Delete"));

  it.each(["http", "queue"])("lets the %s function read the catalog, and see whether there is one", (name) => {
    const allowed = roleStatements(synthesized, `${stage.prefix}-${name}`)
      .filter(({ actions }) => actions.some((action) => action.startsWith("s3:")))
      .map(({ actions, resources }) => [actions, resources]);
    expect(allowed).toEqual([
      [["s3:GetObject"], [`<${bucket.id}.Arn>/catalog.json`]],
      // Without it S3 answers 403, not 404, for a catalog that is not there.
      [["s3:ListBucket"], [`<${bucket.id}.Arn>`]],
    ]);
  });

  it("lets an operator put another catalog in its place, and nothing else there", () => {
    const policy = synthesized.named("AWS::IAM::ManagedPolicy", "OperatorPolicy").Properties.PolicyDocument;
    const allowed = statementsOf(policy)
      .filter(({ resources }) => resources.some((resource) => resource.includes(bucket.id)))
      .map(({ actions, resources }) => [actions, resources]);
    expect(allowed).toEqual([
      // PutObject with a condition on what is there asks for GetObject, too.
      [["s3:GetObject"], [`<${bucket.id}.Arn>/catalog.json`]],
      [["s3:ListBucket"], [`<${bucket.id}.Arn>`]],
      [["s3:PutObject"], [`<${bucket.id}.Arn>/catalog.json`]],
    ]);
  });
});
