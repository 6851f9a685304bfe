import { ContactIdentifier } from "../learner.ts";
import { defineEvent } from "./define-event.ts";
import { Reason, Withdrawn } from "./fields.ts";

/** From now on the alias is this learner, and what was sent under it is this learner's. */
export const identityLinked = defineEvent({
  name: "learning_identity_linked",
  fields: { alias: ContactIdentifier, reason: Reason, withdrawn: Withdrawn },
  example: { alias: { email: "learner@example.com" }, reason: "The same person, before there was an account" },
  needs: "admin",
  settles: "always",
  followsOrder: false,
  decision: ({ alias, reason, withdrawn }) => ({ kind: "link", alias, reason, withdrawn }),
});
