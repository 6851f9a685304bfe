-- Of those who began in a month, how many did something so many months later?
WITH months AS (
  SELECT learner, CAST(date_trunc('month', active_at) AS date) AS active_month
  FROM activity
  GROUP BY learner, CAST(date_trunc('month', active_at) AS date)
),
followed AS (
  SELECT active_month, min(active_month) OVER (PARTITION BY learner) AS cohort FROM months
),
counted AS (
  SELECT cohort, date_diff('month', cohort, active_month) AS months_later, count(*) AS learners
  FROM followed
  GROUP BY cohort, date_diff('month', cohort, active_month)
)
SELECT
  c.cohort,
  c.months_later,
  s.learners AS cohort_size,
  c.learners,
  CAST(c.learners AS double) / s.learners AS share
FROM counted c
JOIN counted s ON s.cohort = c.cohort AND s.months_later = 0
