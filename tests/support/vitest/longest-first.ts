import { BaseSequencer, type TestSpecification } from "vitest/node";
import { LONG_FILES } from "./long-files.ts";

/**
 * Files that start something come first, the longest in front, and tests of functions alone last: those are so short
 * that all workers end at about the same time.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ project, moduleId }: TestSpecification) => {
      if (project.name === "unit") return LONG_FILES.length + 1;
      const place = LONG_FILES.findIndex((file) => moduleId.endsWith(`/${file}`));
      return place === -1 ? LONG_FILES.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}
