import { describe, expect, it } from "vitest";
import { statementOf } from "../../src/model/events/index.ts";
import { encodeReceipt, enrolmentReceivedAt, laterView, sameFlag, type View } from "../../src/model/progress.ts";
import { eventOf, RECEIVED_AT, rawEvent } from "../support/builders/events.ts";
import { flagOf } from "../support/builders/progress.ts";
import { at } from "../support/builders/times.ts";

const ts = at("10:00");
const facts = (name: string, fields: object) => statementOf(eventOf(rawEvent(name, { ts, ...fields }))).facts;

const module = { type: "module", slug: "strings" };
const course = { type: "course", slug: "ruby" };
const pathway = { type: "pathway", slug: "full-stack" };
const context = { course_slug: "ruby", pathway_slug: "full-stack", enrollment_source: "page" };
const received = { enrollmentReceipt: encodeReceipt(ts, RECEIVED_AT) };
const enrolled = { enrolledAt: ts, enrollmentSource: "page", ...received };
const enrolledSilently = { enrolledAt: ts, enrollmentSource: null, ...received };

describe("the facts that an event states", () => {
  it.each([
    ["learning_pathway_enrolled", context, [{ entity: pathway, facts: enrolled }]],
    ["learning_pathway_enrolled", { pathway_slug: "full-stack" }, [{ entity: pathway, facts: enrolledSilently }]],
    ["learning_course_enrolled", { course_slug: "ruby" }, [{ entity: course, facts: enrolledSilently }]],
    [
      "learning_course_enrolled",
      context,
      [
        { entity: course, facts: enrolled },
        { entity: pathway, facts: enrolled },
      ],
    ],
    [
      "learning_module_recommended",
      { module_slug: "strings", ...context },
      [{ entity: module, facts: { recommendedAt: ts } }],
    ],
    ["learning_module_started", { module_slug: "strings" }, [{ entity: module, facts: { startedAt: ts } }]],
    [
      "learning_module_started",
      { module_slug: "strings", course_slug: "ruby" },
      [
        { entity: module, facts: { startedAt: ts } },
        { entity: course, facts: { ...enrolledSilently, startedAt: ts } },
      ],
    ],
    [
      "learning_module_started",
      { module_slug: "strings", ...context },
      [
        { entity: module, facts: { startedAt: ts } },
        { entity: course, facts: { ...enrolled, startedAt: ts } },
        { entity: pathway, facts: { ...enrolled, startedAt: ts } },
      ],
    ],
    [
      "learning_module_completed",
      { module_slug: "strings", ...context },
      [{ entity: module, facts: { completedAt: ts } }],
    ],
    [
      "learning_module_progressed",
      { module_slug: "strings", step: "one", ...context },
      [{ entity: module, facts: { steps: [{ key: "one", at: ts, value: true }] } }],
    ],
    [
      "learning_task_submitted",
      { module_slug: "strings", task_slug: "quiz", score: 80, ...context },
      [{ entity: module, facts: { tasks: [{ key: "quiz", at: ts, value: 80 }] } }],
    ],
    [
      "learning_task_submitted",
      { module_slug: "strings", task_slug: "quiz", score: 0 },
      [{ entity: module, facts: { tasks: [{ key: "quiz", at: ts, value: 0 }] } }],
    ],
    [
      "learning_task_submitted",
      { module_slug: "strings", task_slug: "lab", attested: true },
      [{ entity: module, facts: { tasks: [{ key: "lab", at: ts, value: true }] } }],
    ],
    [
      "learning_module_scored",
      { module_slug: "strings", scores: { quiz: 80, lab: 0 }, ...context },
      [
        {
          entity: module,
          facts: {
            scores: [
              { key: "quiz", at: ts, value: 80 },
              { key: "lab", at: ts, value: 0 },
            ],
          },
        },
      ],
    ],
    ["learning_session_started", { session_id: "s", session_type: "t", module_slug: "strings", ...context }, []],
    ["learning_session_ended", { session_id: "s", session_type: "t", ...context }, []],
    ["learning_item_reviewed", { module_slug: "strings", item_id: "i", rating: "good", ...context }, []],
    ["learning_course_completed", context, []],
    ["learning_pathway_completed", context, []],
    ["learning_page_viewed", { content_type: "module", slug: "strings", ...context }, []],
  ])("%s with %j", (name, fields, stated) => expect(facts(name, fields)).toEqual(stated));
});

describe("the later of two views", () => {
  const view = (change: Partial<View> = {}): View => ({ contentType: "module", slug: "m", viewedAt: ts, ...change });
  it.each([
    ["by time", view(), view({ viewedAt: at("10:00:00.001") })],
    ["by time, whatever the slug", view({ slug: "z" }), view({ slug: "a", viewedAt: at("10:01") })],
    ["by kind at one moment", view({ contentType: "course" }), view({ contentType: "module" })],
    ["by slug at one moment", view({ slug: "a" }), view({ slug: "b" })],
  ])("is chosen %s, in either order", (_, earlier, later) => {
    expect(laterView(earlier, later)).toEqual(later);
    expect(laterView(later, earlier)).toEqual(later);
  });

  it("is the only one where there was none", () => expect(laterView(undefined, view())).toEqual(view()));
});

describe("two flags say the same", () => {
  const flag = flagOf({ claimedAt: at("10:01"), eventId: "e" });
  it.each([
    ["themselves", flag, true],
    ["written at different times", { ...flag, recordedAt: at("11:00") }, true],
    ["with another time", { ...flag, completedAt: at("10:02") }, false],
    ["with another claim", { ...flag, claimedAt: at("10:02") }, false],
    ["with another source", { ...flag, completionSource: "backfill" as const }, false],
    ["under another catalog", { ...flag, catalogVersion: "later" }, false],
    ["of another event", { ...flag, eventId: "f" }, false],
    ["with another score", { ...flag, cumulativeScore: 80 }, false],
    ["of which one is missing", undefined, false],
  ])("%s", (_, other, same) => {
    expect(sameFlag(flag, other)).toBe(same);
    expect(sameFlag(other, flag)).toBe(same);
  });

  it("none and none: true", () => expect(sameFlag(undefined, undefined)).toBe(true));
});

describe("when an enrolment was first received", () => {
  it.each([
    ["is told beside its time", { enrolledAt: ts, enrollmentReceipt: encodeReceipt(ts, RECEIVED_AT) }, RECEIVED_AT],
    ["is not known of one that was kept without", { enrolledAt: ts }, undefined],
    [
      "is not that of a later one",
      { enrolledAt: ts, enrollmentReceipt: encodeReceipt(at("11:00"), RECEIVED_AT) },
      undefined,
    ],
    ["is not what is no time", { enrolledAt: ts, enrollmentReceipt: `${ts}#soon` }, undefined],
  ])("%s", (_, facts, expected) => {
    expect(enrolmentReceivedAt(facts)).toBe(expected);
  });
});
