/** The checked catalog, packed, put into the bundle by scripts/tools/build.ts. */
declare module "waymark:content" {
  const catalog: string;
  export default catalog;
}

/** The browser's files, by the path at which they are served, put into the bundle by scripts/tools/build.ts. */
declare module "waymark:client" {
  const files: Record<string, string>;
  export default files;
}
