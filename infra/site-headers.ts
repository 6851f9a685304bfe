import {
  HeadersFrameOption,
  type HeadersReferrerPolicy,
  type ResponseHeadersCorsBehavior,
  ResponseHeadersPolicy,
  type ResponseSecurityHeadersBehavior,
} from "aws-cdk-lib/aws-cloudfront";
import { Duration } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { PAGE_HEADERS } from "../src/api/site-files.ts";
import type { Stage } from "./stages.ts";

/** Whoever came by TLS once comes by TLS. */
const BY_TLS: ResponseSecurityHeadersBehavior = {
  strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: false, override: true },
  contentTypeOptions: { override: true },
};

/**
 * What CloudFront says besides what comes from behind it. The function's own CORS headers stand; where API Gateway answers
 * by itself, which knows none, a page of another origin can read all the same that it is to wait.
 */
export function siteHeaders(scope: Construct, stage: Stage) {
  const corsBehavior = crossOrigin(stage);
  const policy = (id: string, security: ResponseSecurityHeadersBehavior, cors?: ResponseHeadersCorsBehavior) =>
    new ResponseHeadersPolicy(scope, id, {
      comment: `${stage.prefix}: ${id}`,
      securityHeadersBehavior: { ...BY_TLS, ...security },
      ...(cors && { corsBehavior: cors }),
    });
  return {
    api: policy("ApiHeaders", {}, corsBehavior),
    /** A module is loaded across origins only where it says so. */
    files: policy("FileHeaders", {}, corsBehavior),
    pages: policy("PageHeaders", {
      contentSecurityPolicy: { contentSecurityPolicy: PAGE_HEADERS["Content-Security-Policy"], override: true },
      referrerPolicy: {
        referrerPolicy: PAGE_HEADERS["Referrer-Policy"] as HeadersReferrerPolicy.NO_REFERRER,
        override: true,
      },
      // For browsers that do not know frame-ancestors.
      frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
    }),
  };
}

/** As the service has it for pages of these origins. */
function crossOrigin({ allowedOrigins }: Stage): ResponseHeadersCorsBehavior | undefined {
  if (allowedOrigins.length === 0) return undefined;
  return {
    accessControlAllowOrigins: [...allowedOrigins],
    accessControlAllowCredentials: !allowedOrigins.includes("*"),
    accessControlAllowMethods: ["GET", "HEAD", "POST", "DELETE"],
    accessControlAllowHeaders: ["Authorization", "Content-Type", "If-None-Match"],
    accessControlExposeHeaders: ["Date", "ETag", "Retry-After", "WWW-Authenticate", "X-Request-Id"],
    accessControlMaxAge: Duration.hours(2),
    originOverride: false,
  };
}
