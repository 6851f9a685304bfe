-- How many complete what, week by week? Every term counts in the week in which it was completed.
SELECT
  holder_type,
  holder,
  CAST(date_trunc('week', completed_at) AS date) AS week,
  count(*) AS completions
FROM fact_term
GROUP BY holder_type, holder, CAST(date_trunc('week', completed_at) AS date)
