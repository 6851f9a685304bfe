import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  type IResponseHeadersPolicy,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin, S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import type { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Bucket, IBucket } from "aws-cdk-lib/aws-s3";
import { Duration, Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { SITE_FILES } from "../src/api/site-files.ts";
import { allow } from "./allow.ts";
import { except } from "./except.ts";
import { privateBucket } from "./private-bucket.ts";
import { siteHeaders } from "./site-headers.ts";
import type { Stage } from "./stages.ts";

/** Longer than the function takes until it gives a store up. */
const ORIGIN_TIMEOUT = Duration.seconds(30);

export type Site = {
  url: string;
  bucket: Bucket;
  /** What it takes to publish the files. */
  publishStatement: PolicyStatement;
};

/**
 * Files for browsers and the API under one name, so that a page that is served there asks its own origin: without CORS,
 * without preflights. How long anything is kept, the answers' own headers say.
 */
export function createSite(scope: Construct, stage: Stage, api: HttpApi): Site | undefined {
  if (stage.site === undefined) return undefined;
  const { domain } = stage.site;
  // A file that was published by mistake can be taken back.
  const bucket = privateBucket(scope, "PublicFiles", stage, { versioned: true });
  except(bucket, "S1", "It holds files that anyone may read through CloudFront; CloudTrail tells who wrote.");

  const { region, urlSuffix } = Stack.of(scope);
  const headers = siteHeaders(scope, stage);
  const files = S3BucketOrigin.withOriginAccessControl(bucket as IBucket);
  const byOwnHeaders = new CachePolicy(scope, "SiteCache", {
    comment: "As long as the file's own Cache-Control says",
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.seconds(0),
    maxTtl: Duration.days(365),
    enableAcceptEncodingGzip: true,
    enableAcceptEncodingBrotli: true,
  });
  const file = (responseHeadersPolicy: IResponseHeadersPolicy) => ({
    origin: files,
    cachePolicy: byOwnHeaders,
    responseHeadersPolicy,
    viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    compress: true,
  });
  const distribution = new Distribution(scope, "Site", {
    comment: stage.prefix,
    httpVersion: HttpVersion.HTTP2_AND_3,
    ...(domain && {
      domainNames: [domain.name],
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      certificate: Certificate.fromCertificateArn(scope, "SiteCertificate", domain.certificateArn),
    }),
    defaultBehavior: {
      origin: new HttpOrigin(`${api.apiId}.execute-api.${region}.${urlSuffix}`, {
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        originSslProtocols: [OriginSslPolicy.TLS_V1_2],
        readTimeout: ORIGIN_TIMEOUT,
      }),
      allowedMethods: AllowedMethods.ALLOW_ALL,
      // Most answers are about a learner, and none of the others is asked for often enough.
      cachePolicy: CachePolicy.CACHING_DISABLED,
      // All but the host: by that, API Gateway tells its APIs from one another.
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      responseHeadersPolicy: headers.api,
      // A token that was sent in the clear is not to be answered as if nothing had happened.
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      compress: false,
    },
    additionalBehaviors: Object.fromEntries(
      SITE_FILES.map(({ path, isPage }) => [path, file(isPage ? headers.pages : headers.files)]),
    ),
  });
  exceptDistribution(distribution, domain !== undefined);
  return {
    url: `https://${domain?.name ?? distribution.distributionDomainName}/`,
    bucket,
    publishStatement: allow(["s3:PutObject"], ...SITE_FILES.map(({ path }) => bucket.arnForObjects(path.slice(1)))),
  };
}

function exceptDistribution(distribution: Distribution, hasDomain: boolean): void {
  except(distribution, "CFR1", "Learners may be anywhere; who is served is decided by their tokens.");
  except(
    distribution,
    "CFR2",
    "Requests are limited for each caller by the service, and for all by API Gateway; a firewall can be attached where one is paid for.",
  );
  except(
    distribution,
    "CFR3",
    "CloudFront's log has paths, which name learners, and addresses. The API's own log tells how requests went.",
  );
  if (!hasDomain)
    except(
      distribution,
      "CFR4",
      "CloudFront's own name comes with its own certificate, and no choice of protocols. A stage with a domain has TLS 1.2.",
    );
}
