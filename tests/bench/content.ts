import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ContentFile } from "../../src/catalog/read-content.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

export type Shape = { courses: number; modulesPerCourse: number; coursesPerPathway: number; conditions?: number };

const two = (index: number) => String(index).padStart(2, "0");
export const courseSlug = (course: number) => `course-${String(course).padStart(4, "0")}`;
export const moduleSlug = (course: number, module: number) => `${courseSlug(course)}-lesson-${two(module)}`;

/** Content files of a catalog of this shape; `conditions` modules have a completion.json. */
export function contentFiles({ courses, modulesPerCourse, coursesPerPathway, conditions = 0 }: Shape): ContentFile[] {
  const range = (length: number) => Array.from({ length }, (_, index) => index);
  const file = (path: string, value: object): ContentFile => ({ file: path, text: JSON.stringify(value, null, 2) });
  return [
    ...range(courses).map((course) =>
      file(`courses/${courseSlug(course)}.json`, {
        slug: courseSlug(course),
        title: `Course ${course}`,
        summary: "What a learner finds in this course, in a sentence or two, as content repositories have it.",
        modules: range(modulesPerCourse).map((module) => moduleSlug(course, module)),
        completion: { rule: "all" },
      }),
    ),
    ...range(Math.ceil(courses / coursesPerPathway)).map((pathway) =>
      file(`pathways/pathway-${pathway}.json`, {
        slug: `pathway-${pathway}`,
        title: `Pathway ${pathway}`,
        courses: range(courses)
          .slice(pathway * coursesPerPathway, (pathway + 1) * coursesPerPathway)
          .map(courseSlug),
      }),
    ),
    ...range(conditions).map((index) =>
      file(`modules/${moduleSlug(index % courses, Math.floor(index / courses))}/completion.json`, {
        completion_tasks: [
          { task_slug: "quiz-1", task_type: "quiz", required: true, passing_score: 75 },
          { task_slug: "lab", task_type: "lab_attestation", required: true },
        ],
      }),
    ),
  ];
}

/** One sequential course of so many modules. */
export const longCourse = (modules: number): ContentFile[] => [
  {
    file: "courses/long.json",
    text: JSON.stringify({
      slug: "long",
      sequential: true,
      modules: Array.from({ length: modules }, (_, module) => moduleSlug(0, module)),
    }),
  },
];

/** Puts content files into a temporary folder while `use` runs. */
export const withContent = <T>(shape: Shape, use: (folder: string) => Promise<T>): Promise<T> =>
  withFiles(contentFiles(shape), use);

export const withFiles = <T>(files: readonly ContentFile[], use: (folder: string) => Promise<T>): Promise<T> =>
  withTemporaryFolder(async (folder) => {
    for (const { file, text } of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    return use(folder);
  });
