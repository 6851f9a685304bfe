import * as z from "zod";

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
