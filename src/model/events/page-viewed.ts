import { Slug } from "../slug.ts";
import { Text } from "../text.ts";
import { defineEvent } from "./define-event.ts";

export const pageViewed = defineEvent({
  name: "learning_page_viewed",
  fields: { content_type: Text(100), slug: Slug },
  example: { content_type: "module", slug: "strings" },
  settles: "never",
  followsOrder: false,
  view: ({ contentType, slug, at }) => ({ viewedAt: at, contentType, slug }),
});
