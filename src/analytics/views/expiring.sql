-- What expires, month by month? Completions that hold today.
SELECT
  holder_type,
  holder,
  CAST(date_trunc('month', expires_at) AS date) AS month,
  count(*) AS completions
FROM fact_completion
WHERE status = 'completed' AND expires_at IS NOT NULL
GROUP BY holder_type, holder, CAST(date_trunc('month', expires_at) AS date)
