type Question = { id: string; text: string; options: { id: string; text: string }[]; isMultiple?: true };
type Lesson = { text?: string; quizzes?: Record<string, Question[]> };

const option = (text: string) => ({ id: text, text });

/** What the platform itself holds of a module. A quiz's right answers are with the service alone. */
export const LESSONS: Record<string, Lesson | undefined> = {
  "securing-a-switch": {
    text: "A switch that anyone can log in to is not yours. Close what nobody uses, and know whose keys open the rest.",
    quizzes: {
      "securing-quiz": [
        {
          id: "remote-login",
          text: "Over which protocol do you log in to a switch?",
          options: ["Telnet", "SSH", "FTP"].map(option),
        },
        {
          id: "unused-ports",
          text: "What becomes of ports that nobody uses?",
          options: ["They stay as they are", "They are shut down", "They join the management network"].map(option),
        },
        {
          id: "who-may-change",
          text: "Whose changes does a switch take?",
          isMultiple: true,
          options: [
            { id: "operators", text: "Operators with a key of their own" },
            { id: "pipeline", text: "The configuration pipeline" },
            { id: "anyone", text: "Anyone on the management network" },
          ],
        },
        {
          id: "after-a-leak",
          text: "A key has leaked. What comes first?",
          options: ["Write the report", "Revoke the key", "Wait for the next maintenance window"].map(option),
        },
      ],
    },
  },
  "preparing-your-workspace": {
    text: "Four things are to be in place before your first shift. Take them in any order; each is kept as you take it.",
  },
};
