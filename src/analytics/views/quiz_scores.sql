-- How do learners do in each task? By learner: how many passed at all, and how many at the first try.
WITH tries AS (
  SELECT
    learner,
    module,
    task,
    count(*) AS attempts,
    sum(score) AS total,
    max(CASE WHEN is_passed THEN 1 ELSE 0 END) AS passed,
    min_by(CASE WHEN is_passed THEN 1 ELSE 0 END, occurred_at) AS passed_at_first
  FROM fact_attempt
  WHERE kind = 'task' AND score IS NOT NULL AND NOT is_void
  GROUP BY learner, module, task
)
SELECT
  module,
  task,
  sum(attempts) AS attempts,
  count(*) AS learners,
  sum(total) / sum(attempts) AS mean_score,
  sum(passed) AS passed,
  sum(passed_at_first) AS passed_at_first
FROM tries
GROUP BY module, task
