import { h, moment, refill } from "../dom.ts";
import { readOwn } from "../learner.ts";
import { send } from "../news.ts";
import type { View } from "../view.ts";

type Card = {
  module_slug: string;
  item_id: string;
  front: string | null;
  back: string | null;
  due_at: string;
  review_count: number;
};

const RATINGS = { again: "Again", hard: "Hard", good: "Good", easy: "Easy" } as const;

/** The cards that are due today, and those that come later, to be turned and rated. */
export function cardsView(): View {
  const [today, later] = [h("ul", { class: "cards" }), h("ul", { class: "cards" })];
  const refresh = async () => {
    const tonight = new Date();
    tonight.setHours(24, 0, 0, 0);
    const { reviews } = await readOwn<{ reviews: Card[] }>("reviews?limit=50");
    const isDue = ({ due_at }: Card) => Date.parse(due_at) < tonight.getTime();
    fill(today, reviews.filter(isDue), "Nothing is due today.");
    fill(
      later,
      reviews.filter((card) => !isDue(card)),
      "No other cards. A module with cards, such as “Handing Over to Madrid”, brings some when it is completed.",
    );
  };
  return {
    title: "Cards",
    nodes: [h("h1", {}, "Cards"), h("h2", {}, "Due today"), today, h("h2", {}, "Later, and to be turned early"), later],
    refresh,
  };
}

const fill = (list: Element, cards: Card[], nothing: string) =>
  refill(list, ...(cards.length > 0 ? cards.map(cardOf) : [h("li", { class: "card" }, nothing)]));

function cardOf({ module_slug, item_id, front, back, due_at, review_count }: Card): HTMLElement {
  const rate = (rating: keyof typeof RATINGS) => void send("learning_item_reviewed", { module_slug, item_id, rating });
  // Once it is rated it is turned back.
  const key = `${module_slug} ${item_id} ${review_count}`;
  return h(
    "li",
    { class: "card" },
    h("h3", {}, front ?? item_id),
    h("small", {}, "Due ", moment(due_at), ` · reviewed ${review_count} ×`),
    h(
      "details",
      { "data-key": key },
      h("summary", { "data-key": `${key} turn` }, "Turn it"),
      h("p", {}, back ?? "—"),
      h(
        "div",
        { class: "row" },
        ...Object.entries(RATINGS).map(([rating, words]) =>
          h(
            "button",
            { type: "button", "data-key": `${key} ${rating}`, click: () => rate(rating as keyof typeof RATINGS) },
            words,
          ),
        ),
      ),
    ),
  );
}
