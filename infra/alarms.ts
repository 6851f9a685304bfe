import { Alarm, AnomalyDetectionAlarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { rulesOf, type Watched } from "./alarm-rules.ts";
import { createAlarmTopic } from "./alarm-topic.ts";

/** A wide band: at night and at weekends there is little to be missed, and nobody is to be woken for that. */
const USUAL_DEVIATIONS = 3;

/** Every alarm of a stage, sent to one topic when it rings and when it is over. */
export function createAlarms(scope: Construct, watched: Watched): { alarms: Alarm[]; topic: Topic } {
  const topic = createAlarmTopic(scope, watched.stage);
  const action = new SnsAction(topic);
  const alarms = rulesOf(watched).map(({ name, metric, from, periods = 1, meaning }) => {
    const common = {
      alarmName: `${watched.stage.prefix}-${name}`,
      alarmDescription: meaning,
      metric,
      evaluationPeriods: periods,
      // Everything here counts trouble, or is only measured while there is work. Silence is no trouble.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    };
    const alarm =
      from === "less than usual"
        ? new AnomalyDetectionAlarm(scope, `Alarm-${name}`, {
            ...common,
            stdDevs: USUAL_DEVIATIONS,
            comparisonOperator: ComparisonOperator.LESS_THAN_LOWER_THRESHOLD,
          })
        : new Alarm(scope, `Alarm-${name}`, {
            ...common,
            threshold: from,
            comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  });
  return { alarms, topic };
}
