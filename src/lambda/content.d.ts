/** The checked catalog, packed, put into the bundle by scripts/tools/build.ts. */
declare module "waymark:content" {
  const catalog: string;
  export default catalog;
}

/** The text of the OpenAPI document, from the same build. */
declare module "waymark:openapi" {
  const document: string;
  export default document;
}

/** The browser's files as JSON, by the path at which they are served, from the same build. */
declare module "waymark:client" {
  const files: string;
  export default files;
}
