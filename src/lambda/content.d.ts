/** The checked catalog, packed, put into the bundle by scripts/tools/build.ts. */
declare module "waymark:content" {
  const catalog: string;
  export default catalog;
}
