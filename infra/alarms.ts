import { Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { rulesOf, type Watched } from "./alarm-rules.ts";
import { createAlarmTopic } from "./alarm-topic.ts";

/** Every alarm of a stage, sent to one topic when it rings and when it is over. */
export function createAlarms(scope: Construct, watched: Watched): { alarms: Alarm[]; topic: Topic } {
  const topic = createAlarmTopic(scope, watched.stage);
  const action = new SnsAction(topic);
  const alarms = rulesOf(watched).map(({ name, metric, from, periods = 1, meaning }) => {
    const alarm = new Alarm(scope, `Alarm-${name}`, {
      alarmName: `${watched.stage.prefix}-${name}`,
      alarmDescription: meaning,
      metric,
      threshold: from,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      // Everything here counts trouble, or is only measured while there is work. Silence is no trouble.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  });
  return { alarms, topic };
}
