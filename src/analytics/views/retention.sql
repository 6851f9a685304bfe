-- Of those who began in a month, how many did something so many months later?
WITH months AS (
  SELECT DISTINCT learner, CAST(date_trunc('month', active_at) AS date) AS active_month FROM activity
),
cohorts AS (
  SELECT learner, min(active_month) AS cohort FROM months GROUP BY learner
),
sizes AS (
  SELECT cohort, count(*) AS cohort_size FROM cohorts GROUP BY cohort
)
SELECT
  c.cohort,
  date_diff('month', c.cohort, m.active_month) AS months_later,
  s.cohort_size,
  count(*) AS learners,
  CAST(count(*) AS double) / s.cohort_size AS share
FROM months m
JOIN cohorts c ON c.learner = m.learner
JOIN sizes s ON s.cohort = c.cohort
GROUP BY c.cohort, date_diff('month', c.cohort, m.active_month), s.cohort_size
