-- Where do people stop? Of those who began and never completed it, each by the first entry that is missing.
WITH waiting AS (
  SELECT learner, holder_type, holder FROM fact_completion WHERE term IS NULL AND status = 'started'
),
entries AS (
  SELECT b.holder_type, b.holder, b.position, b.entry_type, b.entry
  FROM bridge_entry b
  JOIN dim_catalog c ON c.catalog_version = b.catalog_version
  WHERE c.is_current
),
stops AS (
  SELECT w.learner, w.holder_type, w.holder, min(e.position) AS position
  FROM waiting w
  JOIN fact_missing m ON m.learner = w.learner AND m.entity_type = w.holder_type AND m.entity = w.holder
  JOIN entries e
    ON e.holder_type = w.holder_type AND e.holder = w.holder AND e.entry_type = m.missing_type AND e.entry = m.missing
  GROUP BY w.learner, w.holder_type, w.holder
)
SELECT e.holder_type, e.holder, e.position, e.entry_type, e.entry, count(s.learner) AS learners
FROM entries e
LEFT JOIN stops s ON s.holder_type = e.holder_type AND s.holder = e.holder AND s.position = e.position
GROUP BY e.holder_type, e.holder, e.position, e.entry_type, e.entry
