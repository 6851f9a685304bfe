-- When did which learner do anything? (What other views are made of: a row for each moment.)
SELECT learner, occurred_at AS active_at FROM fact_attempt WHERE NOT is_void
UNION ALL SELECT learner, started_at FROM fact_session WHERE started_at IS NOT NULL
UNION ALL SELECT learner, reviewed_at FROM fact_review
UNION ALL SELECT learner, started_at FROM fact_module_progress WHERE started_at IS NOT NULL
UNION ALL SELECT learner, completed_at FROM fact_module_progress WHERE completed_at IS NOT NULL AND NOT is_waived
UNION ALL SELECT learner, enrolled_at FROM fact_completion WHERE enrolled_at IS NOT NULL
UNION ALL SELECT learner, started_at FROM fact_completion WHERE started_at IS NOT NULL
