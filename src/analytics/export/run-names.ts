/** Behind the name of a run that has those learners alone who changed. */
export const INCREMENTAL = "-incremental";
