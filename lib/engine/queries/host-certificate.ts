import { inspect, type Certificate } from "../pki/inspect.ts";
import { defineQuery, type Query } from "./define.ts";
import { absolutePath, linesOf } from "./keys.ts";
import { quote } from "../shell/quote.ts";

/** The first certificate in a file on a host; undefined if there is none. */
export type HostCertificateState =
  | {
      readonly certificate: Certificate;
      /** With a fraction; negative after its end. */
      readonly daysLeft: number;
    }
  | undefined;

const day = 24 * 3600 * 1000;

const of = defineQuery<HostCertificateState>({
  kind: "host certificate",
  ofPath: { gone: undefined },
  passing: ["daysLeft"],
  // openssl extracts the certificate alone: a key in the same file never leaves the host. It would wait at a pipe.
  ask: (paths) =>
    paths
      .map(
        (path) => `echo "is $([ ! -f ${quote(path)} ] || openssl x509 -in ${quote(path)} 2>/dev/null | base64 -w 0)"`,
      )
      .join("\n"),
  parse: (stdout, paths) => {
    const lines = linesOf(stdout);
    if (lines.length !== paths.length)
      throw new Error(`${String(lines.length)} answers to ${String(paths.length)} paths`);
    return new Map(paths.map((path, index) => [path, read(lines[index]?.slice("is ".length) ?? "")]));
  },
});

function read(base64: string): HostCertificateState {
  if (base64 === "") return undefined;
  const certificate = inspect(Buffer.from(base64, "base64").toString("utf8"));
  return { certificate, daysLeft: (certificate.notAfter.getTime() - Date.now()) / day };
}

/** The first certificate in the file at an absolute path on the host. Throws TaskError for another path. */
export const hostCertificate = (name: string): Query<HostCertificateState> => of(absolutePath(name));
