/**
 * `write`: sends for anyone, scores and most decisions included. `read`: any learner, and who completed what. `admin`:
 * takes every decision, exports and deletes learners.
 */
export const SCOPES = ["waymark:write", "waymark:read", "waymark:admin"] as const;
export type Scope = (typeof SCOPES)[number];
