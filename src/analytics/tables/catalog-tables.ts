import { boolean, defineTable, integer, number, text, time } from "./define-table.ts";

const version = text("the version of the catalog that says so; each published version has its own rows");
const retired = boolean("whether it takes no new learners");

export const dimCatalog = defineTable({
  name: "dim_catalog",
  kind: "catalog",
  about: "A version of the catalog that a service ran by",
  columns: {
    catalog_version: text("a hash of all content"),
    published_at: time("when a service first ran by it; null where none has yet"),
    is_current: boolean("whether the export was made under it"),
    pathways: integer("how many pathways it has"),
    courses: integer("how many courses"),
    modules: integer("how many modules"),
  },
});

const holderColumns = {
  title: text("for people"),
  rule: text("its completion rule, as JSON"),
  entries: integer("how many entries it lists"),
  required_entries: integer("how many of them its rule looks at"),
  valid_for: text("how long a completion holds, as an ISO 8601 duration; null for good"),
  renew_from: text("how long before the end what is done counts for the next term"),
  is_sequential: boolean("whether an entry waits for those before it"),
  is_retired: retired,
};

export const dimCourse = defineTable({
  name: "dim_course",
  kind: "catalog",
  about: "A course in a version of the catalog",
  columns: { catalog_version: version, course: text("its slug"), ...holderColumns },
});

export const dimPathway = defineTable({
  name: "dim_pathway",
  kind: "catalog",
  about: "A pathway in a version of the catalog",
  columns: { catalog_version: version, pathway: text("its slug"), ...holderColumns },
});

export const dimModule = defineTable({
  name: "dim_module",
  kind: "catalog",
  about: "A module in a version of the catalog",
  columns: {
    catalog_version: version,
    module: text("its slug"),
    title: text("for people; null where content gives none"),
    has_conditions: boolean("whether it is complete by tasks, a score or steps, and not by a mark"),
    tasks: integer("how many tasks it has"),
    steps: integer("how many steps"),
    questions: integer("how many questions its quiz has; 0 without a quiz"),
    passing_score: number("what its score or quiz must come to; null where it asks for none"),
    review_items: integer("how many cards it brings"),
    conditions_from: time("since when its conditions are in force; null for always"),
    is_optional: boolean("whether holders need it not, unless their entries say otherwise"),
    is_retired: retired,
  },
});

export const dimQuestion = defineTable({
  name: "dim_question",
  kind: "catalog",
  about: "A question of a module's quiz in a version of the catalog; never its answer",
  columns: {
    catalog_version: version,
    module: text("the module's slug"),
    question: text("the question's id in quiz.json"),
    position: integer("its place in the quiz, from 1"),
    question_type: text("single or multiple"),
    points: number("what it gives"),
    quiz_version: text("a hash of the quiz, as attempts have it"),
  },
});

export const bridgeEntry = defineTable({
  name: "bridge_entry",
  kind: "catalog",
  about: "An entry of a course or pathway in a version of the catalog",
  columns: {
    catalog_version: version,
    holder_type: text("course or pathway"),
    holder: text("the slug of what lists it"),
    position: integer("its place in the list, from 1"),
    entry_type: text("module or course"),
    entry: text("the slug of what is listed"),
    is_optional: boolean("whether it is optional there"),
    from_at: time("since when it is in force; null for always"),
    until_at: time("until when; null for good"),
  },
});
