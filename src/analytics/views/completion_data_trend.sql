-- How does what learners send with their completions change from month to month?
SELECT
  module,
  field,
  CAST(date_trunc('month', occurred_at) AS date) AS month,
  count(*) AS answers,
  avg(number) AS mean_number,
  avg(CASE WHEN boolean IS NULL THEN NULL WHEN boolean THEN 1.0 ELSE 0.0 END) AS true_share,
  count(text) AS texts
FROM fact_completion_data
WHERE NOT is_void
GROUP BY module, field, CAST(date_trunc('month', occurred_at) AS date)
