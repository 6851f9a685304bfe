import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { DefinitionBody, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { ArnFormat, Duration, Stack } from "aws-cdk-lib/core";
import { Construct, type IConstruct } from "constructs";
import { allow } from "./allow.ts";
import { except, exceptObjects } from "./except.ts";
import { type FunctionOptions, ServiceFunction } from "./function.ts";
import { type JobFunctions, jobMachine } from "./job-machine.ts";
import { privateBucket } from "./private-bucket.ts";
import type { Stage } from "./stages.ts";

/** As long as Lambda lets a function run; a segment stops a minute before it by itself. */
const LIMIT = Duration.minutes(15);
const PLAN_LIMIT = Duration.minutes(5);
/** A segment settles on one processor, and has more than half of one with it; `npm run bench -- jobs` has its peak. */
const MEMORY_MB = 1_024;
/** What a run has changed can be taken back for so long. */
const KEPT_FOR = Duration.days(400);

type Common = Pick<FunctionOptions, "stage" | "code" | "catalog">;
type Name = keyof JobFunctions;

/** Jobs over the whole table: who works them, in which order, and where their files are. */
export class Jobs extends Construct {
  readonly machine: StateMachine;
  readonly uri: string;
  readonly functions: Record<Name, ServiceFunction>;
  readonly #bucket: Bucket;
  readonly #name: string;

  constructor(scope: Construct, id: string, common: Common, tables: Record<Name, PolicyStatement[]>) {
    super(scope, id);
    this.#bucket = createBucket(this, common.stage);
    this.uri = `s3://${this.#bucket.bucketName}`;
    const environment = { RUNS_URI: this.uri };
    const make = (name: Name, timeout: Duration) => {
      const made = new ServiceFunction(this, name, {
        ...common,
        name: `job-${name}`,
        handler: `jobs.${name}`,
        timeout,
        environment,
        memoryMb: MEMORY_MB,
        statements: [...tables[name], ...this.#files(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])],
      });
      this.#exceptFiles(made);
      return made;
    };
    this.functions = {
      plan: make("plan", PLAN_LIMIT),
      segment: make("segment", LIMIT),
      finish: make("finish", LIMIT),
    };
    this.#name = `${common.stage.prefix}-jobs`;
    this.machine = createMachine(this, this.#name, this.functions);
  }

  /** Takes a construct with a policy on the run's files out of a rule. */
  #exceptFiles(construct: IConstruct): void {
    const reason = "The names of a run's files begin with the name of the run, which nobody knows before.";
    exceptObjects(construct, this.#bucket, "*", reason);
  }

  /** Takes the operator's policy, which has the statements below, out of the rules that they need to be out of. */
  exceptOperator(policy: IConstruct): void {
    this.#exceptFiles(policy);
    exceptExecutions(policy, `${this.#name}:*`, "An execution has the name of its run, which nobody knows before.");
  }

  /** To start a job, follow it, ask it to stop, and fetch its files. */
  operatorStatements(): PolicyStatement[] {
    return [
      allow(["states:StartExecution"], this.machine.stateMachineArn),
      allow(["states:DescribeExecution"], executionsOf(this, `${this.#name}:*`)),
      ...this.#files(["s3:GetObject", "s3:PutObject"]),
    ];
  }

  /** S3 says that an object is missing to those alone who may list. */
  #files(actions: string[]): PolicyStatement[] {
    return [allow(actions.sort(), this.#bucket.arnForObjects("*")), allow(["s3:ListBucket"], this.#bucket.bucketArn)];
  }
}

function createBucket(scope: Construct, stage: Stage): Bucket {
  const bucket = privateBucket(scope, "Runs", stage, {
    versioned: false,
    lifecycleRules: [{ id: "old-runs", expiration: KEPT_FOR }],
  });
  except(bucket, "S1", "The functions of a job and an operator are all who may read it, and CloudTrail tells who did.");
  return bucket;
}

function createMachine(scope: Construct, name: string, functions: Record<Name, ServiceFunction>): StateMachine {
  const arns = {
    plan: functions.plan.lambda.functionArn,
    segment: functions.segment.lambda.functionArn,
    finish: functions.finish.lambda.functionArn,
  };
  const role = new Role(scope, "MachineRole", {
    assumedBy: new ServicePrincipal("states.amazonaws.com"),
    inlinePolicies: {
      Machine: new PolicyDocument({
        statements: [
          allow(["lambda:InvokeFunction"], ...Object.values(arns)),
          // Each item of a distributed Map is an execution of the machine's own.
          allow(["states:StartExecution"], machineOf(scope, name)),
          allow(
            ["states:DescribeExecution", "states:StopExecution"],
            executionsOf(scope, `${name}/*`),
            executionsOf(scope, `${name}:*`),
          ),
        ],
      }),
    },
  });
  for (const names of [`${name}/*`, `${name}:*`])
    exceptExecutions(role, names, "Step Functions makes the names of the executions in which it works a Map's items.");
  const machine = new StateMachine(scope, "Machine", {
    stateMachineName: name,
    role,
    definitionBody: DefinitionBody.fromString(Stack.of(scope).toJsonString(jobMachine(arns))),
  });
  except(machine, "SF1", "Step Functions keeps each execution's history for 90 days, and the functions have logs.");
  except(machine, "SF2", "Nobody waits for a job, and where its time goes stands in its files.");
  return machine;
}

/** The rule names a resource as the template has it, with what only AWS knows between brackets. */
const exceptExecutions = (construct: IConstruct, names: string, reason: string): void =>
  except(
    construct,
    `IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${names}]`,
    reason,
  );

const machineOf = (scope: Construct, resourceName: string): string => arn(scope, "stateMachine", resourceName);
const executionsOf = (scope: Construct, names: string): string => arn(scope, "execution", names);
const arn = (scope: Construct, resource: string, resourceName: string): string =>
  Stack.of(scope).formatArn({ service: "states", resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
