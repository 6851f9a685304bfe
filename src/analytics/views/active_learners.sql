-- How many learners do something, week by week?
WITH weeks AS (
  SELECT learner, CAST(date_trunc('week', active_at) AS date) AS week
  FROM activity
  GROUP BY learner, CAST(date_trunc('week', active_at) AS date)
)
SELECT week, count(*) AS learners FROM weeks GROUP BY week
