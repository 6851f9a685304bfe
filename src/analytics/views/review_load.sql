-- How many cards are due, week by week, and of how many learners?
SELECT
  CAST(date_trunc('week', due_at) AS date) AS week,
  count(*) AS cards,
  count(DISTINCT learner) AS learners
FROM fact_review_card
GROUP BY CAST(date_trunc('week', due_at) AS date)
