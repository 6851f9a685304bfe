-- How many days from enrolment to the first completion? A quarter, half and three quarters were as fast as this.
WITH spans AS (
  SELECT
    c.holder_type,
    c.holder,
    date_diff('millisecond', c.enrolled_at, t.completed_at) / 86400000.0 AS days
  FROM fact_completion c
  JOIN fact_term t ON t.learner = c.learner AND t.holder_type = c.holder_type AND t.holder = c.holder AND t.term = 1
  WHERE c.enrolled_at <= t.completed_at
),
ranked AS (
  SELECT
    holder_type,
    holder,
    days,
    row_number() OVER (PARTITION BY holder_type, holder ORDER BY days) AS place,
    count(*) OVER (PARTITION BY holder_type, holder) AS learners
  FROM spans
)
SELECT
  holder_type,
  holder,
  max(learners) AS learners,
  max(CASE WHEN place = CAST(ceil(learners * 0.25) AS bigint) THEN days END) AS quarter_days,
  max(CASE WHEN place = CAST(ceil(learners * 0.5) AS bigint) THEN days END) AS median_days,
  max(CASE WHEN place = CAST(ceil(learners * 0.75) AS bigint) THEN days END) AS three_quarters_days
FROM ranked
GROUP BY holder_type, holder
