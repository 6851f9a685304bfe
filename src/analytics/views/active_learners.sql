-- How many learners do something, week by week?
SELECT CAST(week AS date) AS week, count(*) AS learners
FROM fact_active_week
GROUP BY CAST(week AS date)
