-- Of those who enrolled, how many began, how many have done something of it, and how many completed it?
SELECT
  holder_type,
  holder,
  count(*) AS enrolled,
  sum(CASE WHEN status IN ('started', 'completed', 'expired') THEN 1 ELSE 0 END) AS started,
  sum(CASE WHEN done > 0 OR term IS NOT NULL THEN 1 ELSE 0 END) AS progressed,
  sum(CASE WHEN term IS NOT NULL THEN 1 ELSE 0 END) AS completed,
  sum(CASE WHEN status = 'completed' THEN 1 ELSE 0 END) AS complete_now,
  CAST(sum(CASE WHEN term IS NOT NULL THEN 1 ELSE 0 END) AS double) / count(*) AS completion_rate
FROM fact_completion
WHERE enrolled_at IS NOT NULL
GROUP BY holder_type, holder
