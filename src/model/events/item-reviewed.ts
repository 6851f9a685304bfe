import * as z from "zod";
import { RATINGS } from "../review.ts";
import { Slug } from "../slug.ts";
import { sourceOf } from "../source.ts";
import { defineEvent } from "./define-event.ts";
import { ClientId } from "./fields.ts";

export const itemReviewed = defineEvent({
  name: "learning_item_reviewed",
  fields: {
    module_slug: Slug,
    item_id: ClientId,
    rating: z.enum(RATINGS, { error: `Expected one of ${RATINGS.join(", ")}` }),
  },
  example: { module_slug: "strings", item_id: "hola", rating: "good" },
  settles: "never",
  // What was learned is reviewed whatever is locked today.
  followsOrder: false,
  names: ({ itemId }) => [{ of: "item", name: itemId }],
  review: ({ moduleSlug, itemId, rating, at, receivedAt, identity, id }) => ({
    card: { moduleSlug, itemId },
    review: { at, rating, identity, source: sourceOf(id), receivedAt },
  }),
  lane: ({ moduleSlug, itemId }) => `card ${moduleSlug} ${itemId}`,
});
