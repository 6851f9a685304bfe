-- How many learners do something, week by week?
SELECT CAST(date_trunc('week', active_at) AS date) AS week, count(DISTINCT learner) AS learners
FROM activity
GROUP BY CAST(date_trunc('week', active_at) AS date)
