/** Whether an Accept-Encoding header takes gzip. */
export const acceptsGzip = (header = ""): boolean =>
  header.split(",").some((part) => {
    const [coding, ...parameters] = part.toLowerCase().split(";");
    const isRefused = parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter));
    return /^\s*(gzip|\*)\s*$/.test(coding ?? "") && !isRefused;
  });
