/** `write`: sends for anyone, scores included. `read`: any learner, and who completed what. `admin`: exports and deletes learners. */
export const SCOPES = ["waymark:write", "waymark:read", "waymark:admin"] as const;
export type Scope = (typeof SCOPES)[number];
