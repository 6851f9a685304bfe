// What a service may say of a course, a pathway and modules, hostile titles included: for the looks of the elements.
const HOSTILE = `<img src=x onerror="window.hacked=1">"&'`;
const at = "2026-11-26T10:00:00.000Z";
const course = {
  slug: "ruby",
  title: HOSTILE,
  status: "started",
  started_at: at,
  completed: false,
  completed_at: null,
  expires_at: null,
  progress: { completed: 1, total: 4, needed: 3, short_by: 2 },
  entries: [
    { type: "module", slug: "ruby-strings", title: HOSTILE, optional: false, completed: true, locked: false },
    { type: "module", slug: "ruby-types", title: "Types", optional: false, completed: false, locked: false, until: at },
    { type: "module", slug: "ruby-blocks", title: "Blocks", optional: false, completed: false, locked: true },
    { type: "module", slug: "ruby-extras", title: "Extras", optional: true, completed: false, locked: false, from: at },
  ],
  missing: [
    { type: "module", slug: "ruby-types", title: "Types" },
    { type: "module", slug: "ruby-blocks", title: HOSTILE },
    { type: "module", slug: "ruby-extras", title: "Extras" },
  ],
};
const expired = {
  ...course,
  slug: "first-aid",
  title: "First aid",
  status: "expired",
  completed_at: at,
  expires_at: at,
};
const done = {
  ...course,
  slug: "git",
  title: "Git",
  status: "completed",
  completed: true,
  completed_at: at,
  expires_at: "2027-11-26T10:00:00.000Z",
  progress: { completed: 3, total: 3, needed: 3, short_by: 0 },
  entries: course.entries.map((entry) => ({ ...entry, completed: true, locked: false })),
  missing: [],
};
const module = {
  slug: "ruby-types",
  title: "Types",
  status: "started",
  started_at: at,
  completed_at: null,
  progress_percentage: 50,
  missing: [
    { type: "task", slug: "quiz-1" },
    { type: "step", slug: "breathing" },
    { type: "score", slug: "score" },
  ],
};
const plain = {
  slug: "welcome",
  title: "Welcome",
  status: "not_started",
  completed_at: null,
  missing: [{ type: "module", slug: "welcome" }],
};
const known = { ruby: course, git: done, "first-aid": expired, "ruby-types": module, welcome: plain };

window.reads = [];
const read = async (slug) => {
  window.reads.push(slug);
  if (!(slug in known)) throw new Error("The service does not know it");
  return known[slug];
};
/** As a client that reads from here. */
window.fake = { course: read, pathway: read, module: read, subscribe: () => () => {} };
