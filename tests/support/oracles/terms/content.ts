import { ALWAYS, momentOf, NEVER } from "./calendar.ts";
import { type NameJson, namesIn, type RuleJson, type Tree, treeOf } from "./tree.ts";

type Spanned = { optional?: boolean; from?: string; until?: string };
type EntryJson = string | ({ slug: string } & Spanned);
type MixedJson = { module?: string; course?: string } & Spanned;

export type HolderJson = {
  slug: string;
  modules?: EntryJson[];
  courses?: EntryJson[];
  entries?: MixedJson[];
  completion?: RuleJson;
  valid_for?: string;
  renew_from?: string;
  aliases?: string[];
  retired?: boolean;
};
export type TaskJson = { task_slug: string; required?: boolean; passing_score?: number; max_attempts?: number };
export type ModuleJson = {
  optional?: boolean;
  aliases?: string[];
  from?: string;
  completion?: RuleJson;
  completion_tasks?: TaskJson[];
  score?: { passing_score: number; weights: Record<string, number> };
  steps?: string[];
};

type QuizJson = { questions: { id: string; correct_answer: string; points: number }[] };

/** Content files by path. */
export type ContentJson = Record<string, unknown>;

export type Kind = "module" | "course" | "pathway";
/** `course/ruby`. */
export type Key = `${Kind}/${string}`;
export type Entry = {
  key: Key;
  type: "module" | "course";
  slug: string;
  optional: boolean;
  from: string;
  until: string;
};
export type Holder = { key: Key; json: HolderJson; entries: Entry[]; rule: RuleJson };

/** A condition of a module: a task passed, a step done, a score reached, or a mark. */
export type Condition = { type: "task" | "step" | "score" | "mark"; slug: string };
export type Module = {
  key: Key;
  json: ModuleJson;
  from: string;
  tree: Tree<Condition>;
  isGated: boolean;
  countsMark: boolean;
  /** By which answers are graded, where it has one. */
  quiz: QuizJson | undefined;
};

export type Content = {
  holders: Map<Key, Holder>;
  modules: Map<Key, Module>;
  resolve: (kind: Kind, slug: string) => Key;
};

const ALL: RuleJson = { rule: "all" };

export function readContent(files: ContentJson): Content {
  const under = (folder: string) =>
    Object.entries(files).flatMap(([path, file]) => (path.startsWith(`${folder}/`) ? [[path, file] as const] : []));
  const moduleFiles = new Map<string, ModuleJson>(
    under("modules").flatMap(([path, file]) =>
      path.endsWith("/completion.json") ? [[path.split("/")[1] as string, file as ModuleJson]] : [],
    ),
  );
  const holders = new Map<Key, Holder>();
  for (const kind of ["course", "pathway"] as const)
    for (const [, file] of under(`${kind}s`)) {
      const json = file as HolderJson;
      const key: Key = `${kind}/${json.slug}`;
      holders.set(key, { key, json, entries: entriesOf(json, moduleFiles), rule: json.completion ?? ALL });
    }
  const listed = [...holders.values()].flatMap(({ entries }) => entries).filter(({ type }) => type === "module");
  const slugs = new Set([...moduleFiles.keys(), ...listed.map(({ slug }) => slug)]);
  const quizOf = (slug: string) => files[`modules/${slug}/quiz.json`] as QuizJson | undefined;
  const modules = new Map(
    [...slugs].map((slug) => [
      `module/${slug}` as Key,
      { ...moduleOf(slug, moduleFiles.get(slug) ?? {}), quiz: quizOf(slug) },
    ]),
  );
  const meant = new Map<Key, Key>();
  for (const { key, json } of [...holders.values(), ...modules.values()])
    for (const alias of json.aliases ?? []) meant.set(`${key.split("/")[0] as Kind}/${alias}`, key);
  return {
    holders,
    modules,
    resolve: (kind, slug) => meant.get(`${kind}/${slug}`) ?? `${kind}/${slug}`,
  };
}

function entriesOf(
  { modules = [], courses = [], entries = [], completion = ALL }: HolderJson,
  files: Map<string, ModuleJson>,
): Entry[] {
  const listed = [
    ...courses.map((entry) => ({ type: "course" as const, entry })),
    ...modules.map((entry) => ({ type: "module" as const, entry })),
    ...entries.map(({ module, course, ...rest }) => ({
      type: course === undefined ? ("module" as const) : ("course" as const),
      entry: { slug: course ?? module ?? "", ...rest },
    })),
  ].map(({ type, entry }) => ({ type, ...(typeof entry === "string" ? { slug: entry } : entry) }));
  const names = namesIn(completion);
  const isNamed = (type: string, slug: string) =>
    names?.some((name) => (typeof name === "string" ? name === slug : name[type as "module" | "course"] === slug));
  return listed.map(({ type, slug, optional, from, until }: { type: Entry["type"]; slug: string } & Spanned) => ({
    key: `${type}/${slug}`,
    type,
    slug,
    optional: names ? !isNamed(type, slug) : (optional ?? (type === "module" && (files.get(slug)?.optional ?? false))),
    from: from === undefined ? ALWAYS : momentOf(from),
    until: until === undefined ? NEVER : momentOf(until),
  }));
}

/** What a holder asks for at a moment. */
export function askedAt({ entries, rule }: Holder, moment: string): Tree<Entry> {
  const inForce = entries.filter(({ from, until }) => from <= moment && moment < until);
  const whole = rule.rule === "all" ? inForce.filter(({ optional }) => !optional) : inForce;
  return treeOf(
    rule,
    whole.map((leaf) => ({ leaf })),
    (name) => {
      const leaf = inForce.find(({ type, slug }) => (typeof name === "string" ? slug === name : name[type] === slug));
      return leaf && { leaf };
    },
  );
}

function moduleOf(slug: string, json: ModuleJson): Omit<Module, "quiz"> {
  const { completion: rule = ALL, completion_tasks: tasks = [], score, steps = [], from } = json;
  const names = namesIn(rule);
  const countsMark = names?.includes("mark") ?? rule.rule === "any";
  const leaf = (type: Condition["type"], name: string): Tree<Condition> => ({ leaf: { type, slug: name } });
  const allSteps: Tree<Condition> = { need: steps.length, parts: steps.map((step) => leaf("step", step)) };
  const stated = [
    ...tasks.filter(({ required }) => required !== false).map(({ task_slug }) => leaf("task", task_slug)),
    ...(score ? [leaf("score", "cumulative_score")] : []),
    ...(steps.length > 0 ? [allSteps] : []),
    ...(rule.rule === "any" ? [leaf("mark", slug)] : []),
  ];
  const find = (name: NameJson): Tree<Condition> | undefined => {
    if (name === "mark") return leaf("mark", slug);
    if (name === "score") return leaf("score", "cumulative_score");
    if (name === "steps") return allSteps;
    return leaf("task", typeof name === "string" ? name : (name.task as string));
  };
  const tree = treeOf(rule, stated, find);
  const asksForMore = (one: Tree<Condition>): boolean =>
    "leaf" in one ? one.leaf.type !== "mark" : one.parts.some(asksForMore);
  return {
    key: `module/${slug}`,
    json,
    from: from === undefined ? ALWAYS : momentOf(from),
    tree,
    isGated: asksForMore(tree),
    countsMark,
  };
}
