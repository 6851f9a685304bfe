/** What is put into a text's places: `{title}`. */
export type Values = Record<string, string | number>;
/** A function where words depend on numbers. */
export type Text = string | ((values: Values) => string);

/** Every word that the elements say; `use(waymark, { texts })` replaces some or all of them. */
export const TEXTS = {
  open: "To do",
  started: "In progress",
  completed: "Complete",
  expired: "Expired",
  locked: "Locked",
  optional: "Optional",
  progress: "{done} of {needed} done",
  percent: "{percent}% done",
  expires: "Valid until {date}",
  expiredOn: "Expired on {date}",
  from: "From {date}",
  until: "Until {date}",
  nothingMissing: "Nothing is missing.",
  stillToDo: "Still to do:",
  anyOf: "Still to do, any {count} of:",
  more: "and {count} more",
  module: "Finish “{title}”",
  course: "Complete the course “{title}”",
  pathway: "Complete the pathway “{title}”",
  task: "Pass “{title}”",
  step: "Take the step “{title}”",
  score: "Reach the score to pass",
  mark: "Mark it as complete",
  unavailable: "Your progress cannot be shown right now.",
} satisfies Record<string, Text>;
export type Texts = Record<keyof typeof TEXTS, Text>;

/** A text with its places filled. */
export const fill = (text: Text, values: Values): string =>
  typeof text === "function" ? text(values) : text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
