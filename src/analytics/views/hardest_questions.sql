-- Which questions are answered wrongly most often?
SELECT
  module,
  question,
  count(*) AS answers,
  sum(CASE WHEN is_right THEN 1 ELSE 0 END) AS right_answers,
  CAST(sum(CASE WHEN is_right THEN 1 ELSE 0 END) AS double) / count(*) AS right_share
FROM fact_question_answer
WHERE NOT is_void
GROUP BY module, question
