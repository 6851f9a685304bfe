-- Of those who began in a month, how many did something so many months later?
WITH counted AS (
  SELECT CAST(first_month AS date) AS cohort, months_later, count(*) AS learners
  FROM fact_active_month
  GROUP BY CAST(first_month AS date), months_later
)
SELECT
  c.cohort,
  c.months_later,
  s.learners AS cohort_size,
  c.learners,
  CAST(c.learners AS double) / s.learners AS share
FROM counted c
JOIN counted s ON s.cohort = c.cohort AND s.months_later = 0
