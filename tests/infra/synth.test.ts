import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { run, temporaryFolder } from "../support/processes/service.ts";

/** As `npm run synth`, on a machine without an AWS account: no configuration, no credentials, none to be asked for. */
async function synth(...options: string[]) {
  const folder = temporaryFolder();
  const { exited, output } = run(["node_modules/aws-cdk/bin/cdk", "synth", "--quiet", "--output", folder, ...options], {
    HOME: temporaryFolder(),
    CDK_VALIDATION: "true",
    CDK_DISABLE_VERSION_CHECK: "true",
    AWS_EC2_METADATA_DISABLED: "true",
  });
  return { folder, ...(await exited), output: output() };
}

let made: Awaited<ReturnType<typeof synth>>;
beforeAll(async () => {
  made = await synth();
});

it("synthesizes both stages, which fit CloudFormation's schemas and the AwsSolutions rules", () => {
  const { code, output, folder } = made;
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("Successfully synthesized") });
  const { artifacts } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  const stacks = Object.keys(artifacts).filter((id) => artifacts[id].type === "aws:cloudformation:stack");
  expect(stacks.sort()).toEqual(["waymark", "waymark-dev"]);
  expect(JSON.parse(readFileSync(join(folder, "validation-report.json"), "utf8"))).toMatchObject({ pluginReports: [] });
});

it("does not let a stage be deployed that has examples in it", async () => {
  // What is deployed is what has been synthesized.
  const { code, output } = await synth("--strict", "waymark-dev", "--app", made.folder);
  expect(code).not.toBe(0);
  expect(output).toContain("Put your own identity provider and origins in infra/stages.ts");
});
