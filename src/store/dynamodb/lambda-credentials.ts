/**
 * Stands in for `@aws-sdk/credential-provider-node` in the Lambda bundle: a Lambda has its credentials in the
 * environment, and need not carry the code that looks for them in files, processes, sign-ins and metadata services.
 */
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";
