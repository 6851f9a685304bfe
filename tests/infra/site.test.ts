import { beforeAll, describe, expect, it, vi } from "vitest";
import { createApp } from "../../src/api/app.ts";
import { openApiText } from "../../src/api/openapi-text.ts";
import { SITE_FILES } from "../../src/api/site-files.ts";
import { buildClient } from "../../src/local/build-client.ts";
import { publishPages } from "../../src/local/publish-pages.ts";
import { noMetrics } from "../../src/process/metrics.ts";
import { fixedCatalog } from "../../src/service/catalog/catalog-source.ts";
import { createIngest } from "../../src/service/ingest/ingest.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { DEV, PROD, type Resource, render, statementsOf, synthesize } from "../support/builders/infra.ts";
import { startUploads, type Upload } from "../support/fakes/s3-uploads.ts";
import type { Json } from "../support/processes/service.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";

const open = sqliteStore();
const { one, all, named, template } = synthesize(DEV);
const { DistributionConfig: site } = one("AWS::CloudFront::Distribution").Properties;
const bucket = named("AWS::S3::Bucket", "PublicFiles");
const origins: Record<string, Json> = Object.fromEntries(site.Origins.map((origin: Json) => [origin.Id, origin]));
const behaviours: Record<string, Json> = Object.fromEntries(
  site.CacheBehaviors.map((behaviour: Json) => [behaviour.PathPattern, behaviour]),
);
const headersOf = ({ ResponseHeadersPolicyId }: Json): Json =>
  template.Resources[ResponseHeadersPolicyId.Ref].Properties.ResponseHeadersPolicyConfig;

let uploads: Upload[];
/** What the service answers on AWS, where nobody has said which pages it is to serve. */
let ask: (path: string, init?: RequestInit) => Promise<Response>;

beforeAll(async () => {
  const stub = await startUploads();
  vi.stubEnv("AWS_ENDPOINT_URL_S3", stub.endpoint);
  vi.spyOn(console, "log").mockImplementation(() => {});
  expect(await publishPages({ bucket: "site", dryRun: true })).toBe(0);
  expect(stub.uploads).toEqual([]);
  expect(await publishPages({ bucket: "site", dryRun: false })).toBe(0);
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  uploads = stub.uploads;

  const { store } = open();
  const [client, catalog] = [
    await buildClient(),
    fixedCatalog(catalogOf({ "courses/c.json": { slug: "c", modules: ["m"] } })),
  ];
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const services = { store, catalog, ingest: createIngest({ store, catalog, log }) };
  const app = createApp(
    { ...services, openApi: async () => openApiText(), client: async () => client },
    {
      log,
      metrics: noMetrics,
      authenticate: async () => ({ learnerId: "ada", scopes: new Set<never>() }),
      allowedOrigins: DEV.allowedOrigins,
      isOpen: false,
    },
  );
  ask = async (path, init) => app.request(path, init);
});

describe("What is published is what the service would serve", () => {
  it.each(SITE_FILES)("$path: the same bytes, type and time in caches", async ({ path }) => {
    const served = await ask(path);
    const { type, cacheControl, body } = uploads.find((upload) => upload.path === `/site${path}`) as Upload;
    expect(served.status).toBe(200);
    expect(body.toString()).toBe(await served.text());
    expect(type).toBe(served.headers.get("content-type"));
    expect(cacheControl).toBe(served.headers.get("cache-control"));
  });

  it("nothing else is published, and every file that the service builds for AWS is", async () => {
    expect(uploads.map(({ path }) => path)).toEqual(SITE_FILES.map(({ path }) => `/site${path}`));
    const built = [...Object.keys(await buildClient()), "/openapi.json"];
    const served = await Promise.all(built.map(async (path) => [path, (await ask(path)).status] as const));
    const answered = served.filter(([, status]) => status === 200).map(([path]) => path);
    expect(SITE_FILES.map(({ path }) => path).sort()).toEqual(answered.sort());
  });

  it.each(SITE_FILES)("CloudFront takes $path from the bucket, with the service's own headers", async ({ path }) => {
    const behaviour = behaviours[path];
    const origin = origins[behaviour.TargetOriginId];
    expect(render(origin.DomainName)).toBe(`<${bucket.id}.RegionalDomainName>`);
    const { SecurityHeadersConfig: said } = headersOf(behaviour);
    const { headers } = await ask(path);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(said.ContentTypeOptions).toEqual({ Override: true });
    expect(said.ContentSecurityPolicy?.ContentSecurityPolicy ?? null).toBe(headers.get("content-security-policy"));
    expect(said.ReferrerPolicy?.ReferrerPolicy ?? null).toBe(headers.get("referrer-policy"));
    expect(said.StrictTransportSecurity.AccessControlMaxAgeSec).toBe(31_536_000);
    expect(behaviour.ViewerProtocolPolicy).toBe("redirect-to-https");
  });
});

describe("The distribution", () => {
  it("keeps files as long as their own headers say, and nothing of the API", () => {
    const own = one("AWS::CloudFront::CachePolicy");
    expect(own.Properties.CachePolicyConfig).toMatchObject({ MinTTL: 0, DefaultTTL: 0, MaxTTL: 31_536_000 });
    for (const { path } of SITE_FILES) expect(behaviours[path].CachePolicyId).toEqual({ Ref: own.id });
    // The managed policy CachingDisabled.
    expect(site.DefaultCacheBehavior.CachePolicyId).toBe("4135ea2d-6df8-44a3-9df3-4b5a84be39ad");
  });

  it("hands all else to the API, with all that callers send but the host, over TLS alone", () => {
    const { TargetOriginId, AllowedMethods, OriginRequestPolicyId, ViewerProtocolPolicy } = site.DefaultCacheBehavior;
    const { DomainName, CustomOriginConfig } = origins[TargetOriginId];
    expect(render(DomainName)).toBe(`<${one("AWS::ApiGatewayV2::Api").id}>.execute-api.<AWS::Region>.<AWS::URLSuffix>`);
    expect(CustomOriginConfig).toMatchObject({ OriginProtocolPolicy: "https-only", OriginSSLProtocols: ["TLSv1.2"] });
    expect(AllowedMethods).toContain("DELETE");
    // The managed policy AllViewerExceptHostHeader.
    expect(OriginRequestPolicyId).toBe("b689b0a8-53d0-40ab-baf2-68738e2966ac");
    expect(ViewerProtocolPolicy).toBe("https-only");
  });

  it("tells pages of other origins what the function tells them, also where API Gateway answers by itself", async () => {
    const { CorsConfig } = headersOf(site.DefaultCacheBehavior);
    const [origin = ""] = DEV.allowedOrigins;
    const preflight = await ask("/events/track", {
      method: "OPTIONS",
      headers: { Origin: origin, "Access-Control-Request-Method": "POST" },
    });
    const answer = await ask("/health", { headers: { Origin: origin } });
    const listed = (name: string, of = preflight) => of.headers.get(`access-control-${name}`)?.split(/, ?/);
    expect(CorsConfig).toEqual({
      AccessControlAllowCredentials: answer.headers.get("access-control-allow-credentials") === "true",
      AccessControlAllowOrigins: { Items: DEV.allowedOrigins },
      AccessControlAllowMethods: { Items: listed("allow-methods") },
      AccessControlAllowHeaders: { Items: listed("allow-headers") },
      AccessControlExposeHeaders: { Items: listed("expose-headers", answer) },
      AccessControlMaxAgeSec: Number(listed("max-age")),
      // What the function says stands.
      OriginOverride: false,
    });
  });

  it("alone reads the bucket, which is closed to everybody else", () => {
    expect(bucket.Properties.PublicAccessBlockConfiguration).toMatchObject({ RestrictPublicBuckets: true });
    const own = (found: Resource) => found.Properties.Bucket.Ref === bucket.id;
    const policy = all("AWS::S3::BucketPolicy").find(own) as Resource;
    const allowed = statementsOf(policy.Properties.PolicyDocument).filter(({ effect }) => effect === "Allow");
    expect(allowed).toMatchObject([{ actions: ["s3:GetObject"], principal: { Service: "cloudfront.amazonaws.com" } }]);
    expect(JSON.stringify(allowed[0]?.conditions)).toContain(one("AWS::CloudFront::Distribution").id);
    expect(one("AWS::CloudFront::OriginAccessControl").Properties.OriginAccessControlConfig).toMatchObject({
      OriginAccessControlOriginType: "s3",
      SigningBehavior: "always",
    });
    expect(Object.values(origins).filter(({ S3OriginConfig }) => S3OriginConfig)).toMatchObject([
      { S3OriginConfig: { OriginAccessIdentity: "" } },
    ]);
  });

  it("operators may publish the files, and nothing else", () => {
    const statements = statementsOf(named("AWS::IAM::ManagedPolicy", "OperatorPolicy").Properties.PolicyDocument);
    const [allowed, ...others] = statements.filter(({ resources }) => resources.some((one) => one.includes(bucket.id)));
    expect(others).toEqual([]);
    expect(allowed?.actions).toEqual(["s3:PutObject"]);
    expect(allowed?.resources).toEqual(uploads.map(({ path }) => `<${bucket.id}.Arn>${path.replace("/site", "")}`));
  });

  it("has the stage's own name, where it has one, and asks for TLS 1.2", () => {
    const domain = { name: "waymark.test", certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/c" };
    const { DistributionConfig } = synthesize({ ...DEV, site: { domain } }).one(
      "AWS::CloudFront::Distribution",
    ).Properties;
    expect(DistributionConfig).toMatchObject({
      Aliases: [domain.name],
      ViewerCertificate: { AcmCertificateArn: domain.certificateArn, MinimumProtocolVersion: "TLSv1.2_2021" },
    });
  });

  it("is not there where the stage has none", () => {
    expect(synthesize(PROD).all("AWS::CloudFront::Distribution")).toEqual([]);
  });
});
