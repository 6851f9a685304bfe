import type { LearnerModule } from "../../client/types.ts";
import type { Definition, Task } from "./catalog.ts";
import { h, refill } from "./dom.ts";
import { waymark } from "./learner.ts";
import { LESSONS } from "./lessons.ts";
import { send } from "./news.ts";
import { quizForm } from "./quiz-form.ts";
import { sampleOf } from "./sample-data.ts";

type Actions = { nodes: Node[]; refresh: () => Promise<void> };
type Context = { slug: string; course: string | undefined };

const button = (words: string, click: () => void, isMain = false) =>
  h("button", { type: "button", class: isMain && "main", click }, words);
const section = (title: string, ...nodes: (Node | false)[]) =>
  h("section", { class: "card stack" }, h("h2", {}, title), ...nodes);

/** Buttons and forms for what can be done in a module, each a real event; and how far the learner is, kept true. */
export function actionsFor(module: Definition, course: string | undefined): Actions {
  const context = { slug: module.slug, course };
  const fields = { module_slug: module.slug, course_slug: course };
  const standing = h("p", { class: "soft" });
  const done = new Map<string, HTMLElement>();
  const mark = (key: string) => {
    const place = h("span", { class: "good" });
    done.set(key, place);
    return place;
  };
  const refresh = async () => {
    const read = await waymark().module(module.slug);
    refill(standing, wordsOf(read));
    const say = (key: string, words: string) => done.get(key)?.replaceChildren(words);
    for (const { step, done_at } of read.steps ?? []) say(`step ${step}`, done_at ? "✓ Taken" : "");
    for (const task of read.tasks ?? []) say(`task ${task.task_slug}`, wordsOfTask(task));
  };
  return {
    nodes: [
      h(
        "div",
        { class: "row" },
        button("Start", () => void send("learning_module_started", fields)),
        standing,
      ),
      ...stepSections(module, context, mark),
      ...(module.completion_tasks ?? []).map((task) => taskSection(task, context, mark(`task ${task.task_slug}`))),
      ...(module.score ? [scoreSection(module.score, context)] : []),
      completeSection(module, context),
    ],
    refresh,
  };
}

function stepSections({ steps = [] }: Definition, { slug, course }: Context, mark: (key: string) => Node): Node[] {
  const rows = steps.map((step) => {
    const take = () => void send("learning_module_progressed", { module_slug: slug, course_slug: course, step });
    return h("div", { class: "row" }, button(`Take the step “${step}”`, take), mark(`step ${step}`));
  });
  return rows.length > 0 ? [section("Steps", ...rows)] : [];
}

function wordsOfTask({ passed, best_score }: NonNullable<LearnerModule["tasks"]>[number]): string {
  if (passed) return "✓ Passed";
  return best_score === null ? "" : `Best so far: ${best_score}`;
}

/** What the elements do not show. */
const wordsOf = ({ cumulative_score: score }: LearnerModule): string =>
  score === undefined ? "" : `Score so far: ${score}`;

function taskSection({ task_slug, task_type, required }: Task, { slug, course }: Context, mark: Node): HTMLElement {
  const fields = { module_slug: slug, course_slug: course, task_slug };
  const questions = LESSONS[slug]?.quizzes?.[task_slug];
  const title = `${task_type === "quiz" ? "Quiz" : "Task"}: ${task_slug}${required === false ? " (optional)" : ""}`;
  if (questions)
    return section(
      title,
      quizForm(questions, (answers) => void send("learning_task_submitted", { ...fields, answers })),
      mark,
    );
  if (task_type !== "lab_attestation") {
    const score = h("input", { type: "number", min: 0, max: 100, value: 80, name: "score" });
    const submit = (event: Event) => {
      event.preventDefault();
      void send("learning_task_submitted", { ...fields, score: Number(score.value) });
    };
    return section(
      title,
      h("form", { class: "row", submit }, h("label", {}, "Score ", score), h("button", {}, "Submit"), mark),
    );
  }
  const attest = () => void send("learning_task_submitted", { ...fields, attested: true });
  return section(title, h("div", { class: "row" }, button("I have done it", attest), mark));
}

function scoreSection(
  { passing_score, weights }: NonNullable<Definition["score"]>,
  { slug, course }: Context,
): HTMLElement {
  const inputs = Object.keys(weights).map((name) => h("input", { type: "number", min: 0, max: 100, value: 85, name }));
  const submit = (event: Event) => {
    event.preventDefault();
    const scores = Object.fromEntries(inputs.map(({ name, value }) => [name, Number(value)]));
    void send("learning_module_scored", { module_slug: slug, course_slug: course, scores });
  };
  return section(
    `Score: ${passing_score} to pass`,
    h(
      "form",
      { class: "stack", submit },
      ...inputs.map((input) => h("label", { class: "row" }, `${input.name.replaceAll("_", " ")} `, input)),
      h("div", {}, h("button", {}, "Send the scores")),
    ),
  );
}

function completeSection({ slug, completion_data }: Definition, { course }: Context): HTMLElement {
  const data =
    completion_data &&
    h("textarea", { rows: 6, spellcheck: "false" }, JSON.stringify(sampleOf(completion_data), null, 2));
  const complete = () => {
    const base = { module_slug: slug, course_slug: course };
    if (!data) return void send("learning_module_completed", base);
    try {
      data.setCustomValidity("");
      void send("learning_module_completed", { ...base, completion_data: JSON.parse(data.value) });
    } catch {
      data.setCustomValidity("This is not JSON yet.");
      data.reportValidity();
    }
  };
  return section(
    "Finish",
    data ? h("label", {}, "What comes with it, as JSON", data) : false,
    h("div", {}, button("Mark it as complete", complete, true)),
  );
}
