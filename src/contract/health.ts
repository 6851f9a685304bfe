import * as z from "zod";
import { Count, More } from "./values.ts";

export const Health = z
  .strictObject({
    status: z
      .enum(["ok", "degraded"])
      .describe("`degraded`: the newest content is faulty, and the last good one stands"),
    catalog_version: z.string(),
    counts: z.strictObject({ pathways: Count, courses: Count, modules: Count }),
    catalog_fault_count: z.int().min(0),
    /** Told to who may read alone. */
    catalog_faults: z.array(z.strictObject({ file: z.string(), path: z.string(), message: z.string() })).optional(),
    catalog_faults_more: More,
  })
  .describe("Whether the service is well, and which catalog it decides by");
export type Health = z.infer<typeof Health>;

export const OpenApiDocument = z
  .looseObject({ openapi: z.string(), info: z.looseObject({ title: z.string(), version: z.string() }) })
  .describe("An OpenAPI 3.1 document");
