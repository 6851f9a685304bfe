-- How do learners do in each task? By learner: how many passed at all, and how many at the first try.
WITH tries AS (
  SELECT
    learner,
    module,
    task,
    score,
    is_passed,
    row_number() OVER (PARTITION BY learner, module, task ORDER BY occurred_at, attempt) AS try
  FROM fact_attempt
  WHERE kind = 'task' AND score IS NOT NULL AND NOT is_void
)
SELECT
  module,
  task,
  count(*) AS attempts,
  count(DISTINCT learner) AS learners,
  avg(score) AS mean_score,
  count(DISTINCT CASE WHEN is_passed THEN learner END) AS passed,
  sum(CASE WHEN try = 1 AND is_passed THEN 1 ELSE 0 END) AS passed_at_first
FROM tries
GROUP BY module, task
