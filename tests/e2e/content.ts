import type { Content } from "../support/builders/catalogs.ts";
import { temporaryFolder, writeContent } from "../support/processes/service.ts";

/** A pathway of one course and one module; the course has two modules, and an optional third. */
export const CONTENT: Content = {
  "courses/ruby.json": {
    slug: "ruby",
    title: "Ruby",
    modules: ["strings", "arrays", { slug: "extras", optional: true }],
  },
  "pathways/full-stack.json": { slug: "full-stack", title: "Full stack", courses: ["ruby"], modules: ["welcome"] },
};

export const contentDir = (): string => writeContent(temporaryFolder(), CONTENT);
