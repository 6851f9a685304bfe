import { describe, expect, it } from "vitest";
import { plus } from "../support/oracles/terms/calendar.ts";
import {
  claim,
  grant,
  link,
  mark,
  received,
  reset,
  type Short,
  score,
  sent,
  voided,
  waive,
} from "../support/oracles/terms/sent.ts";
import { type ContentJson, tell } from "../support/oracles/terms/terms-oracle.ts";

const NOW = "2026-06-01T00:00:00.000Z";
const T10 = "2026-01-18T10:00:00.000Z";
const at = (clock: string, day = "2026-01-18") => new Date(`${day}T${clock}Z`).toISOString();
const told = (content: ContentJson, events: readonly Short[], now = NOW, learner = "ada") =>
  tell(content, received(events, now), now)[learner] ?? expect.fail(`nothing is told of ${learner}`);

const course = (slug: string, modules: unknown[], more: object = {}): ContentJson => ({
  [`courses/${slug}.json`]: { slug, modules, ...more },
});

describe("a duration by the calendar", () => {
  it.each([
    ["2024-02-29T10:00:00.000Z", "P1Y", "2025-02-28T10:00:00.000Z"],
    ["2024-02-29T10:00:00.000Z", "P4Y", "2028-02-29T10:00:00.000Z"],
    ["2026-01-31T10:00:00.000Z", "P1M", "2026-02-28T10:00:00.000Z"],
    ["2024-01-31T10:00:00.000Z", "P1M", "2024-02-29T10:00:00.000Z"],
    ["2026-08-31T23:59:59.999Z", "P1M", "2026-09-30T23:59:59.999Z"],
    ["2026-11-30T00:00:00.000Z", "P1Y3M", "2028-02-29T00:00:00.000Z"],
    ["2026-01-31T10:00:00.000Z", "P1M1D", "2026-03-01T10:00:00.000Z"],
    ["2026-03-28T12:00:00.000Z", "P1D", "2026-03-29T12:00:00.000Z"],
    ["2026-10-25T00:30:00.000Z", "PT24H", "2026-10-26T00:30:00.000Z"],
    ["2026-12-31T23:00:00.000Z", "P2WT1H30M15S", "2027-01-15T00:30:15.000Z"],
  ])("from %s, %s lasts until %s", (from, duration, until) => {
    expect(plus(from, duration)).toBe(until);
  });

  it.each([
    ["2027-03-31T10:00:00.000Z", "P1M", "2027-02-28T10:00:00.000Z"],
    ["2027-01-18T10:00:00.000Z", "P30D", "2026-12-19T10:00:00.000Z"],
    ["2025-02-28T10:00:00.000Z", "P1Y", "2024-02-28T10:00:00.000Z"],
  ])("before %s, %s begins at %s", (until, duration, from) => {
    expect(plus(until, duration, -1)).toBe(from);
  });
});

describe("a yearly course that can be renewed 30 days before its end", () => {
  const safety = course("safety", ["m"], { valid_for: "P1Y", renew_from: "P30D" });
  const END = "2027-01-18T10:00:00.000Z";
  const OPENS = "2026-12-19T10:00:00.000Z";
  const first = (ended_by: string | null) => ({ completed_at: T10, expires_at: END, ended_by });
  const second = (completed_at: string, expires_at: string) => ({ completed_at, expires_at, ended_by: null });
  const after = (now: string, ...marks: string[]) =>
    told(
      safety,
      marks.map((ts) => mark("m", ts)),
      now,
    ).courses.safety;

  it.each([
    ["runs in the last millisecond", "2027-01-18T09:59:59.999Z", [T10], "completed", T10, [first(null)]],
    ["has expired at its end", END, [T10], "expired", T10, [first("expired")]],
    [
      "is renewed by what was done at renew_from exactly",
      "2026-12-31T00:00:00.000Z",
      [T10, OPENS],
      "completed",
      OPENS,
      [second(OPENS, "2027-12-19T10:00:00.000Z"), first("renewed")],
    ],
    [
      "and not by what was done a millisecond before",
      END,
      [T10, "2026-12-19T09:59:59.999Z"],
      "expired",
      T10,
      [first("expired")],
    ],
    [
      "begins anew after its end",
      "2027-03-02T00:00:00.000Z",
      [T10, "2027-03-01T10:00:00.000Z"],
      "completed",
      "2027-03-01T10:00:00.000Z",
      [second("2027-03-01T10:00:00.000Z", "2028-03-01T10:00:00.000Z"), first("expired")],
    ],
    [
      "has expired for who does it again at its end exactly",
      "2027-01-19T00:00:00.000Z",
      [T10, END],
      "completed",
      END,
      [second(END, "2028-01-18T10:00:00.000Z"), first("expired")],
    ],
    [
      "counts from an earlier mark that comes late",
      "2027-01-18T09:59:59.999Z",
      [T10, "2026-01-17T10:00:00.000Z"],
      "expired",
      "2026-01-17T10:00:00.000Z",
      [{ completed_at: "2026-01-17T10:00:00.000Z", expires_at: "2027-01-17T10:00:00.000Z", ended_by: "expired" }],
    ],
  ])("%s", (_, now, marks, status, completedAt, terms) => {
    expect(after(now, ...marks)).toMatchObject({
      status,
      completed: status === "completed",
      completed_at: completedAt,
      terms,
    });
  });

  it("asks again for all of it, once it has expired", () => {
    const content = course("safety", ["m", "n"], { valid_for: "P1Y", renew_from: "P30D" });
    const events = [mark("m", at("09:00")), mark("n", T10), mark("m", "2027-01-02T10:00:00.000Z")];
    const { safety: one } = told(content, events, "2027-02-01T00:00:00.000Z").courses;
    expect(one).toMatchObject({
      status: "expired",
      progress: { completed: 1, total: 2, needed: 2, short_by: 1 },
      missing: ["module/n"],
    });
  });
});

describe("a course that expires and has no time to be renewed in", () => {
  const content = course("c", ["m"], { valid_for: "P1M" });

  it("takes what was done during its term for that term alone", () => {
    const events = [mark("m", "2026-01-31T10:00:00.000Z"), mark("m", "2026-02-20T10:00:00.000Z")];
    expect(told(content, events, "2026-02-28T10:00:00.000Z").courses.c).toMatchObject({
      status: "expired",
      expires_at: "2026-02-28T10:00:00.000Z",
      missing: ["module/m"],
    });
  });
});

describe("a reset", () => {
  const content = course("c", ["m", "n"]);

  it.each([
    [
      "between two marks leaves the later",
      [mark("m", T10), reset("course/c", at("11:00")), mark("n", at("12:00"))],
      null,
      ["module/m"],
    ],
    [
      "keeps what was done at its own moment",
      [mark("m", T10), reset("course/c", T10), mark("n", at("12:00"))],
      at("12:00"),
      [],
    ],
    [
      "and not what was done a millisecond before",
      [mark("m", at("09:59:59.999")), reset("course/c", T10), mark("n", at("12:00"))],
      null,
      ["module/m"],
    ],
  ])("%s", (_, events, completedAt, missing) => {
    expect(told(content, events).courses.c).toMatchObject({ completed_at: completedAt, missing });
  });

  it("ends a term, which stays in the list, and touches no other holder", () => {
    const both = { ...content, ...course("d", ["m", "n"]) };
    const events = [mark("m", T10), mark("n", T10), reset("course/c", at("11:00"))];
    const { c, d } = told(both, events).courses;
    expect(c).toMatchObject({
      status: "open",
      completed_at: null,
      terms: [{ completed_at: T10, expires_at: null, ended_by: "reset" }],
      progress: { completed: 0, total: 2, needed: 2, short_by: 2 },
    });
    expect(d).toMatchObject({ status: "completed", completed_at: T10 });
  });

  it("of a pathway resets no course, and asks for its courses again", () => {
    const path = { ...content, "pathways/p.json": { slug: "p", courses: ["c"] } };
    const events = [mark("m", T10), mark("n", T10), reset("pathway/p", at("11:00"))];
    const before = told(path, events);
    expect(before.courses.c).toMatchObject({ status: "completed" });
    expect(before.pathways.p).toMatchObject({ status: "open", missing: ["course/c"] });
    const again = [...events, reset("course/c", at("11:30")), mark("m", at("12:00")), mark("n", at("13:00"))];
    expect(told(path, again).pathways.p).toMatchObject({ status: "completed", completed_at: at("13:00") });
  });
});

describe("a pathway over courses that expire", () => {
  const content = {
    ...course("yearly", ["m"], { valid_for: "P1M" }),
    ...course("once", ["n"]),
    "pathways/p.json": { slug: "p", courses: ["yearly", "once"] },
  };
  const FEBRUARY = "2026-02-18T10:00:00.000Z";

  it.each([
    ["complete while both were", [mark("m", T10), mark("n", "2026-02-18T09:59:59.999Z")], "2026-02-18T09:59:59.999Z"],
    ["not complete at the end of one", [mark("m", T10), mark("n", FEBRUARY)], null],
    [
      "complete once that is renewed",
      [mark("m", T10), mark("n", FEBRUARY), mark("m", "2026-03-01T00:00:00.000Z")],
      "2026-03-01T00:00:00.000Z",
    ],
  ])("is %s, and stays so", (_, events, completedAt) => {
    expect(told(content, events).pathways.p).toMatchObject({ completed_at: completedAt });
  });
});

describe("a waiver", () => {
  const content = { ...course("c", ["m", "n"]), "pathways/p.json": { slug: "p", courses: ["c"] } };

  it.each([
    ["of a module counts in what holds it", [mark("n", T10), waive("module/m", at("11:00"))], at("11:00"), "inferred"],
    ["of a course completes it", [waive("course/c", at("11:00"))], at("11:00"), "waived"],
    [
      "of two gives the earlier time",
      [waive("course/c", at("12:00")), waive("course/c", at("11:00"))],
      at("11:00"),
      "waived",
    ],
    [
      "imported counts at its own time",
      [waive("course/c", at("12:00"), { as: "imported", completed_at: at("08:00") })],
      at("08:00"),
      "imported",
    ],
    [
      "that was withdrawn later is none",
      [waive("course/c", at("11:00")), waive("course/c", at("12:00"), { withdrawn: true })],
      null,
      null,
    ],
    [
      "nor one withdrawn at its own moment",
      [waive("course/c", T10), waive("course/c", T10, { withdrawn: true })],
      null,
      null,
    ],
    [
      "given again stands",
      [waive("course/c", T10, { withdrawn: true }), waive("course/c", at("11:00"))],
      at("11:00"),
      "waived",
    ],
    ["at a reset counts", [waive("course/c", T10), reset("course/c", T10)], T10, "waived"],
    [
      "that comes after the facts changes nothing",
      [mark("m", T10), mark("n", T10), waive("course/c", at("11:00"))],
      T10,
      "inferred",
    ],
  ] as [string, Short[], string | null, string | null][])("%s", (_, events, completedAt, source) => {
    const { courses, pathways } = told(content, events);
    expect(courses.c).toMatchObject({ completed_at: completedAt, source });
    expect(pathways.p?.completed_at).toBe(completedAt);
  });

  it("of before a reset counts no more for the course, and a pathway that was complete stays so", () => {
    const { courses, pathways } = told(content, [waive("course/c", T10), reset("course/c", at("11:00"))]);
    expect(courses.c).toMatchObject({ status: "open", source: null });
    expect(pathways.p).toMatchObject({ status: "completed", completed_at: T10 });
  });

  it("counts in the term in which it falls, and in no later one", () => {
    const monthly = course("c", ["m"], { valid_for: "P1M" });
    expect(told(monthly, [waive("course/c", T10)]).courses.c).toMatchObject({
      status: "expired",
      expires_at: "2026-02-18T10:00:00.000Z",
      missing: ["module/m"],
    });
  });

  it("of a module shows in its own read, with its source", () => {
    expect(told(content, [waive("module/m", T10)]).modules.m).toMatchObject({
      completed_at: T10,
      source: "waived",
      missing: [],
    });
  });
});

describe("a void", () => {
  const exam = {
    ...course("c", ["m"]),
    "modules/m/completion.json": { completion_tasks: [{ task_slug: "quiz", passing_score: 60, max_attempts: 3 }] },
  };
  const tries = [score("m", 50, T10, "bad"), score("m", 70, at("11:00"), "good"), score("m", 90, at("12:00"), "best")];

  it.each([
    ["of nothing", [], at("11:00"), 0],
    ["of the best, which was not the first to pass", [voided("best", at("13:00"))], at("11:00"), 1],
    ["of the second-best, which passed first", [voided("good", at("13:00"))], at("12:00"), 1],
    ["of a bad one", [voided("bad", at("13:00"))], at("11:00"), 1],
    ["of both that passed", [voided("good", at("13:00")), voided("best", at("13:00"))], null, 2],
    [
      "withdrawn later",
      [voided("good", at("13:00")), voided("good", at("14:00"), { withdrawn: true })],
      at("11:00"),
      0,
    ],
    [
      "withdrawn at its own moment",
      [voided("good", at("13:00")), voided("good", at("13:00"), { withdrawn: true })],
      at("11:00"),
      0,
    ],
    ["given again", [voided("good", at("13:00"), { withdrawn: true }), voided("good", at("14:00"))], at("12:00"), 1],
    ["of what is not there", [voided("nothing", at("13:00"))], at("11:00"), 0],
  ] as [string, Short[], string | null, number][])("%s", (_, voids, completedAt, left) => {
    for (const events of [
      [...tries, ...voids],
      [...voids, ...tries],
    ]) {
      const { modules, courses } = told(exam, events);
      expect(modules.m?.completed_at).toBe(completedAt);
      expect(modules.m?.attempts_left).toEqual({ quiz: left });
      expect(courses.c?.completed_at).toBe(completedAt);
    }
  });

  it("of the only result leaves nothing", () => {
    const only = told(exam, [score("m", 70, T10, "only"), voided("only", at("11:00"))]);
    expect(only.modules.m).toEqual({
      completed_at: null,
      source: null,
      missing: ["task/quiz"],
      attempts_left: { quiz: 3 },
    });
  });

  it("is of both events that have one id", () => {
    const events = [mark("m", T10, "ada", "same"), mark("n", T10, "ada", "same"), voided("same", at("11:00"))];
    expect(told(course("c", ["m", "n"]), events).courses.c?.progress.completed).toBe(0);
  });

  it("of a decision takes that back", () => {
    const { event } = reset("course/c", at("11:00"));
    const events = [mark("m", T10), { event }, voided(event.eventId as string, at("12:00"))];
    expect(told(course("c", ["m"]), events).courses.c).toMatchObject({ status: "completed", completed_at: T10 });
  });
});

describe("attempts", () => {
  const exam = {
    ...course("c", ["m"]),
    "modules/m/completion.json": { completion_tasks: [{ task_slug: "quiz", passing_score: 60, max_attempts: 1 }] },
  };

  it.each([
    ["that are used up are refused", [score("m", 10, T10), score("m", 90, at("11:00"))], null, 0],
    ["are granted", [score("m", 10, T10), grant("m", at("10:30")), score("m", 90, at("11:00"))], at("11:00"), 0],
    ["are granted once by one decision sent twice", [grant("m", T10), grant("m", T10)], null, 2],
    [
      "are given back by a void",
      [score("m", 10, T10, "x"), voided("x", at("10:30")), score("m", 90, at("11:00"))],
      at("11:00"),
      0,
    ],
    ["that are sent again count once", [score("m", 10, T10), score("m", 10, T10)], null, 0],
  ] as [string, Short[], string | null, number][])("%s", (_, events, completedAt, left) => {
    expect(told(exam, events).modules.m).toMatchObject({ completed_at: completedAt, attempts_left: { quiz: left } });
  });
});

describe("links", () => {
  const content = course("c", ["m", "n"]);

  it.each([
    ["one alias", [link("mail", "ada", T10)], "ada"],
    ["an alias that sorts after its learner, or before", [link("zed", "ada", T10)], "ada"],
    ["an alias that sorts before its learner", [link("aaa", "bob", T10)], "bob"],
    ["a chain", [link("aaa", "bbb", T10), link("bbb", "ccc", T10)], "ccc"],
    ["an alias of two: the smaller of these", [link("zed", "bob", T10), link("zed", "ada", T10)], "ada"],
    ["a ring: the smallest of all", [link("b", "c", T10), link("c", "a", T10), link("a", "b", T10)], "a"],
  ] as [string, Short[], string][])("make one learner of all ids: %s", (_, links, learner) => {
    const ids = [
      ...new Set(
        links.flatMap(({ event: { contactIdentifier, payload } }) => [
          contactIdentifier.contactId as string,
          String((payload?.alias as { contactId: string } | undefined)?.contactId),
        ]),
      ),
    ];
    const marks = [mark("m", T10, ids.at(0)), mark("n", at("11:00"), ids.at(-1))];
    for (const events of [
      [...links, ...marks],
      [...marks, ...links],
    ]) {
      const everybody = tell(content, received(events, NOW), NOW);
      expect(Object.keys(everybody)).toEqual([learner]);
      expect(everybody[learner]?.courses.c).toMatchObject({ completed_at: at("11:00") });
    }
  });

  it("that are withdrawn give each their own again", () => {
    const links = [link("mail", "ada", T10), link("mail", "ada", at("11:00"), { withdrawn: true })];
    const events = [...links, mark("m", T10, "mail"), mark("n", T10)];
    const everybody = tell(content, received(events, NOW), NOW);
    expect(Object.keys(everybody)).toEqual(["ada", "mail"]);
    expect(everybody.mail?.courses.c?.missing).toEqual(["module/n"]);
    expect(everybody.ada?.courses.c?.missing).toEqual(["module/m"]);
  });
});

describe("what is in force", () => {
  const timed = course("c", [
    "m",
    { slug: "early", until: "2026-01-18T11:00:00Z" },
    { slug: "late", from: "2026-01-18T12:00:00Z" },
  ]);

  it.each([
    ["an until that passes completes by time alone", [mark("m", T10)], at("11:00"), at("11:00")],
    ["and not a millisecond before", [mark("m", T10)], at("10:59:59.999"), null],
    ["a from binds who is not done", [mark("m", at("12:00"))], at("13:00"), null],
    ["and is asked for from then on", [mark("m", at("12:00")), mark("late", at("13:00"))], at("14:00"), at("13:00")],
  ] as [string, Short[], string, string | null][])("%s", (_, events, now, completedAt) => {
    expect(told(timed, events, now).courses.c?.completed_at).toBe(completedAt);
  });

  it("a module's conditions bind marks from their moment on, and take what was done before at it", () => {
    const content = {
      ...course("c", ["m"]),
      "modules/m/completion.json": {
        from: "2026-01-18T11:00:00Z",
        completion_tasks: [{ task_slug: "quiz", passing_score: 60 }],
      },
    };
    const doneAt = (...events: Short[]) => told(content, events).modules.m?.completed_at;
    expect(doneAt(mark("m", T10))).toBe(T10);
    expect(doneAt(mark("m", at("11:00")))).toBeNull();
    expect(doneAt(score("m", 70, T10))).toBe(at("11:00"));
    expect(doneAt(score("m", 70, at("12:00")))).toBe(at("12:00"));
    expect(doneAt({ ...mark("m", T10), own: true })).toBeNull();
  });
});

describe("rules", () => {
  it("with groups count by leaves, in a window of their own", () => {
    const content = course("c", ["m", "n", "o"], {
      completion: { rule: "all", of: ["m", { rule: "any", of: ["n", "o"] }] },
    });
    const events = [mark("o", T10), reset("course/c", at("11:00")), mark("m", at("12:00"))];
    expect(told(content, events).courses.c).toMatchObject({
      progress: { completed: 1, total: 3, needed: 2, short_by: 1 },
      missing: ["module/n", "module/o"],
    });
    expect(told(content, [...events, mark("n", at("13:00"))]).courses.c).toMatchObject({ completed_at: at("13:00") });
  });

  it("of a module take a mark under any", () => {
    const content = {
      ...course("c", ["m"]),
      "modules/m/completion.json": {
        completion: { rule: "any" },
        completion_tasks: [{ task_slug: "quiz", passing_score: 60 }],
      },
    };
    expect(told(content, [mark("m", at("11:00")), score("m", 70, at("12:00"))]).modules.m?.completed_at).toBe(
      at("11:00"),
    );
  });

  it("do not complete what has nothing in force", () => {
    const content = course("c", [{ slug: "m", optional: true }]);
    expect(told(content, [mark("m", T10)]).courses.c).toMatchObject({
      status: "open",
      progress: { completed: 0, total: 0, needed: 0, short_by: 0 },
    });
  });
});

describe("a claim", () => {
  const content = course("c", ["m"]);

  it.each([
    ["gives its time within five minutes", claim("course/c", at("10:05")), at("10:05"), "explicit"],
    ["and not a millisecond beyond", claim("course/c", at("10:05:00.001")), T10, "inferred"],
  ])("%s", (_, one, completedAt, source) => {
    expect(told(content, [mark("m", T10), one]).courses.c).toMatchObject({ completed_at: completedAt, source });
    expect(told(content, [one, mark("m", T10)]).courses.c).toMatchObject({ completed_at: T10, source: "inferred" });
  });

  it("that is voided leaves the inferred time", () => {
    const one = claim("course/c", at("10:05"));
    const events = [mark("m", T10), one, voided(one.event.eventId as string, at("11:00"))];
    expect(told(content, events).courses.c).toMatchObject({ completed_at: T10, source: "inferred" });
  });
});

it("a slug that an entity had once means it, in decisions too", () => {
  const content = {
    ...course("c", ["m"], { aliases: ["old"] }),
    "modules/m/completion.json": { aliases: ["em"] },
  };
  const events = [
    mark("em", T10),
    reset("course/old", at("11:00")),
    sent("module_started", at("12:00"), { module_slug: "em" }),
  ];
  expect(told(content, events).courses.c).toMatchObject({ status: "open", missing: ["module/m"] });
});
