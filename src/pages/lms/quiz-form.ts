import { h } from "./dom.ts";
import type { LESSONS } from "./lessons.ts";

type Questions = NonNullable<NonNullable<(typeof LESSONS)[string]>["quizzes"]>[string];

/** Questions with their options; what is chosen goes to the service, which alone knows what is right. */
export function quizForm(
  questions: Questions,
  answer: (answers: Record<string, string | string[]>) => void,
): HTMLElement {
  const form = h(
    "form",
    {
      class: "stack",
      submit(event) {
        event.preventDefault();
        const chosen = new FormData(form);
        const of = ({ id, isMultiple }: Questions[number]) =>
          isMultiple ? chosen.getAll(id).map(String) : String(chosen.get(id) ?? "");
        answer(Object.fromEntries(questions.map((question) => [question.id, of(question)])));
      },
    },
    ...questions.map(({ id, text, options, isMultiple }) =>
      h(
        "fieldset",
        {},
        h("legend", {}, text),
        ...options.map((option) =>
          h(
            "label",
            { class: "choice" },
            h("input", { type: isMultiple ? "checkbox" : "radio", name: id, value: option.id }),
            option.text,
          ),
        ),
      ),
    ),
    h("div", {}, h("button", {}, "Hand it in")),
  );
  return form;
}
