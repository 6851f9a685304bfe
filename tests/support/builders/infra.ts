import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import type { Stack } from "aws-cdk-lib/core";
import { createApp } from "../../../infra/app.ts";
import { STAGES, type Stage } from "../../../infra/stages.ts";
import { type Json, temporaryFolder } from "../processes/service.ts";

export const stageOf = (prefix: string): Stage => {
  const stage = STAGES.find((candidate) => candidate.prefix === prefix);
  if (stage === undefined) throw new Error(`There is no stage ${prefix}`);
  return stage;
};

export const DEV = stageOf("waymark-dev");
export const PROD = stageOf("waymark");

/** A resource of a template; its id is the template's. */
export type Resource = { id: string; Type: string; Properties: Json; DeletionPolicy?: string };

export type Synthesized = {
  stack: Stack;
  template: Json;
  /** Every resource of a type, such as `AWS::SQS::Queue`. */
  all(type: string): Resource[];
  /** The one resource of a type whose id begins with a construct's name. */
  named(type: string, name: string): Resource;
  /** The one resource of a type whose property has a value; of several or none, an error says which there are. */
  one(type: string, property?: string, value?: string): Resource;
};

/** A folder with a bundle for each function; what is in them is nobody's concern here. */
export function codeFolder(): string {
  const folder = temporaryFolder();
  for (const name of ["index", "queue", "jobs"])
    writeFileSync(join(folder, `${name}.mjs`), "export const handler = () => {};");
  return folder;
}

// To check a template against CloudFormation's schemas takes a second; once, in synth.test.ts, is enough.
process.env.CDK_VALIDATION = "false";

const synthesized = new Map<Stage, Synthesized>();

/** The template of one stage, as `npm run synth` makes it; made once for all tests of a worker, so it is only read. */
export function synthesize(stage: Stage): Synthesized {
  const made = synthesized.get(stage) ?? synthesizeAnew(stage);
  synthesized.set(stage, made);
  return made;
}

function synthesizeAnew(stage: Stage): Synthesized {
  const app = createApp({ stages: [stage], code: codeFolder(), sources: codeFolder(), outdir: temporaryFolder() });
  const stack = app.node.findChild(stage.prefix) as Stack;
  const template: Json = Template.fromStack(stack).toJSON();
  const all = (type: string): Resource[] =>
    Object.entries<Omit<Resource, "id">>(template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => ({ id, ...resource }));
  return {
    stack,
    template,
    all,
    named(type, name) {
      const [only, ...others] = all(type).filter(({ id }) => id.startsWith(name));
      if (only === undefined || others.length > 0) throw new Error(`Expected one ${type} called ${name}`);
      return only;
    },
    one(type, property, value) {
      const found = all(type).filter(({ Properties }) => property === undefined || Properties[property] === value);
      const [only, ...others] = found;
      if (only === undefined || others.length > 0)
        throw new Error(`${found.length} of ${all(type).length} ${type} have ${property} ${value}`);
      return only;
    },
  };
}

/** A value of a template in one text: references become `<id>` and `<id.Attribute>`. */
export function render(value: Json): string {
  if (typeof value !== "object" || value === null) return String(value);
  if ("Ref" in value) return `<${value.Ref}>`;
  if ("Fn::GetAtt" in value) return `<${value["Fn::GetAtt"].join(".")}>`;
  if ("Fn::Join" in value) return value["Fn::Join"][1].map(render).join(value["Fn::Join"][0]);
  if (typeof value["Fn::Sub"] === "string") return value["Fn::Sub"].replace(/\$\{(.*?)\}/g, "<$1>");
  throw new Error(`Cannot render ${JSON.stringify(value)}`);
}

type Statement = { effect: string; actions: string[]; resources: string[]; conditions: Json; principal: Json };

/** What a policy document says, with every action and resource in a list. */
export const statementsOf = (document: Json): Statement[] =>
  document.Statement.map((statement: Json) => ({
    effect: statement.Effect,
    actions: [statement.Action].flat(),
    resources: [statement.Resource].flat().map(render),
    conditions: statement.Condition,
    principal: statement.Principal,
  }));

/** All that a function may do: the policy in its role, which must be all that the role has. */
export function roleStatements({ one, template }: Synthesized, functionName: string): Statement[] {
  const { Role } = one("AWS::Lambda::Function", "FunctionName", functionName).Properties;
  const { Policies, ManagedPolicyArns } = template.Resources[Role["Fn::GetAtt"][0]].Properties;
  if (ManagedPolicyArns !== undefined || Policies.length !== 1) throw new Error("The role has more than one policy");
  return statementsOf(Policies[0].PolicyDocument);
}
