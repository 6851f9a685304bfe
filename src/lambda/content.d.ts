/** The checked content files, put into the bundle by scripts/build.ts as JSON text. */
declare module "waymark:content" {
  const files: string;
  export default files;
}
