-- Do the flags say what the facts imply? Anything but ok is for a backfill's dry run to look at.
SELECT
  holder_type,
  holder,
  audit,
  count(*) AS learners,
  sum(CASE WHEN is_settled THEN 0 ELSE 1 END) AS unsettled
FROM fact_completion
GROUP BY holder_type, holder, audit
