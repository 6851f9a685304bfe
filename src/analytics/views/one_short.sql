-- Who lacks one entry alone, and which? Where any of several would do, each is a row.
SELECT c.learner, c.holder_type, c.holder, m.missing_type, m.missing, c.enrolled_at
FROM fact_completion c
JOIN fact_missing m ON m.learner = c.learner AND m.entity_type = c.holder_type AND m.entity = c.holder
WHERE c.short_by = 1 AND c.status = 'started'
