import type { Scope } from "../scope.ts";
import { attemptsGranted } from "./attempts-granted.ts";
import { courseCompleted } from "./course-completed.ts";
import { courseEnrolled } from "./course-enrolled.ts";
import { courseReset } from "./course-reset.ts";
import { courseWaived } from "./course-waived.ts";
import type { EventDefinition } from "./define-event.ts";
import { eventVoided } from "./event-voided.ts";
import { itemReviewed } from "./item-reviewed.ts";
import { moduleCompleted } from "./module-completed.ts";
import { moduleProgressed } from "./module-progressed.ts";
import { moduleRecommended } from "./module-recommended.ts";
import { moduleScored } from "./module-scored.ts";
import { moduleStarted } from "./module-started.ts";
import { moduleWaived } from "./module-waived.ts";
import { pageViewed } from "./page-viewed.ts";
import { pathwayCompleted } from "./pathway-completed.ts";
import { pathwayEnrolled } from "./pathway-enrolled.ts";
import { pathwayReset } from "./pathway-reset.ts";
import { pathwayWaived } from "./pathway-waived.ts";
import { sessionEnded } from "./session-ended.ts";
import { sessionStarted } from "./session-started.ts";
import type { Statement } from "./statement.ts";
import { taskSubmitted } from "./task-submitted.ts";

/** The compiler refuses a definition that stands under another name than its own. */
const eventsByName = <T extends Record<string, unknown>>(
  events: T & { [Name in keyof T]: EventDefinition<Name & string, never> },
): T => events;

/** Every kind of event, by the name that pages send. */
export const EVENTS = eventsByName({
  learning_pathway_enrolled: pathwayEnrolled,
  learning_course_enrolled: courseEnrolled,
  learning_module_recommended: moduleRecommended,
  learning_module_started: moduleStarted,
  learning_module_progressed: moduleProgressed,
  learning_task_submitted: taskSubmitted,
  learning_module_scored: moduleScored,
  learning_module_completed: moduleCompleted,
  learning_course_completed: courseCompleted,
  learning_pathway_completed: pathwayCompleted,
  learning_page_viewed: pageViewed,
  learning_session_started: sessionStarted,
  learning_session_ended: sessionEnded,
  learning_item_reviewed: itemReviewed,
  learning_module_waived: moduleWaived,
  learning_course_waived: courseWaived,
  learning_pathway_waived: pathwayWaived,
  learning_attempts_granted: attemptsGranted,
  learning_event_voided: eventVoided,
  learning_course_reset: courseReset,
  learning_pathway_reset: pathwayReset,
});

export type EventName = keyof typeof EVENTS;

/** A learning event: its fields in camelCase, `at` the moment when it happened. */
export type LearningEvent = { [Name in EventName]: Parameters<(typeof EVENTS)[Name]["statementOf"]>[0] }[EventName];

export const EVENT_NAMES = Object.keys(EVENTS) as [EventName, ...EventName[]];

/** All that an event says, whatever its kind. */
export const statementOf = (event: LearningEvent): Statement =>
  // An event's name leads to the definition of its own kind, which the compiler cannot follow.
  (EVENTS[event.name].statementOf as (event: LearningEvent) => Statement)(event);

/** The scopes of which a sender of such an event needs one; undefined for a name that asks for none, or is not ours. */
export const scopesFor = (name: unknown): readonly Scope[] | undefined =>
  typeof name === "string" && Object.hasOwn(EVENTS, name) ? EVENTS[name as EventName].needs : undefined;
