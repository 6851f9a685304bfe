import * as z from "zod";
import { More, Time } from "./values.ts";

/** A content file as it is: a content repository's own fields may stand beside ours. */
const Source = z.looseObject({ slug: z.string() });

export const Catalog = z
  .strictObject({
    version: z.string().describe("A hash of the content"),
    pathways: z.array(Source),
    courses: z.array(Source),
    modules: z.array(Source),
  })
  .describe("All content metadata, as the content files have it");
export type Catalog = z.infer<typeof Catalog>;

const PublishedVersion = z.strictObject({
  version: z.string(),
  published_at: Time.describe("When a service first ran by it"),
});

export const CatalogVersions = z
  .strictObject({ versions: z.array(PublishedVersion), versions_more: More })
  .describe("Every version of the content that is kept, the newest first");
export type CatalogVersions = z.infer<typeof CatalogVersions>;
