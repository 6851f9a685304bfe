import { Transform } from "node:stream";
import { TextDecoder } from "node:util";
import { ImportFault } from "./fault.ts";

/**
 * What a file goes through to become UTF-8 without a byte order mark.
 * @throws ImportFault for an encoding that nobody knows
 */
export function decoding(encoding = "utf-8"): Transform {
  const decoder = decoderOf(encoding);
  return new Transform({
    transform(chunk: Buffer, _, done) {
      decode(() => decoder.decode(chunk, { stream: true }), done);
    },
    flush(done) {
      decode(() => decoder.decode(), done);
    },
  });
}

function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new ImportFault(
      `The mapping's csv.encoding, ${encoding}, is none that is known: try utf-8, utf-16le or windows-1252.`,
    );
  }
}

function decode(text: () => string, done: (error: Error | null, text?: string) => void): void {
  try {
    done(null, text());
  } catch {
    done(
      new ImportFault(
        "The file is not in the encoding that it is read in. Say in the mapping which it is, as csv.encoding.",
      ),
    );
  }
}
