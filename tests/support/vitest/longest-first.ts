import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that start something come first, the longest in front, and tests of functions alone last: those are so short
 * that both workers end at about the same time.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isUnit = ({ project }: TestSpecification) => Number(project.name === "unit");
    return (await super.sort(files)).toSorted((a, b) => isUnit(a) - isUnit(b));
  }
}
