-- Which versions of the content were there, and what was completed and tried under each?
WITH flags AS (
  SELECT catalog_version, count(*) AS flags FROM fact_completion WHERE catalog_version IS NOT NULL GROUP BY catalog_version
),
tries AS (
  SELECT catalog_version, count(*) AS attempts FROM fact_attempt WHERE catalog_version IS NOT NULL GROUP BY catalog_version
),
versions AS (
  SELECT catalog_version FROM dim_catalog
  UNION SELECT catalog_version FROM flags
  UNION SELECT catalog_version FROM tries
)
SELECT
  v.catalog_version,
  c.published_at,
  coalesce(c.is_current, false) AS is_current,
  c.courses,
  c.modules,
  coalesce(f.flags, 0) AS flags,
  coalesce(t.attempts, 0) AS attempts
FROM versions v
LEFT JOIN dim_catalog c ON c.catalog_version = v.catalog_version
LEFT JOIN flags f ON f.catalog_version = v.catalog_version
LEFT JOIN tries t ON t.catalog_version = v.catalog_version
