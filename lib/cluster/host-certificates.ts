import { defineQuery, quote, TaskError, type Query } from "kubeplay";
import { inspectAll, type Certificate } from "#engine/pki/inspect.ts";

/** A file on a host and the certificates in it. */
export interface CertificateFile {
  readonly path: string;
  readonly certificates: readonly Certificate[];
}

/** The folders in which the cluster's programs have certificates, and those of the kubelet that are in use. */
export const certificatePlaces = [
  "/etc/etcd/pki/*.crt",
  "/etc/kubernetes/pki/*.crt",
  "/etc/kubernetes/*.kubeconfig",
  "/etc/kube-nginx/*.crt",
  "/root/.kube/config",
  "/var/lib/kubelet/pki/*-current.pem",
];

/**
 * Prints the certificates alone: keys in the same file never leave the host. A kubeconfig has its certificate in base64,
 * or names a file, which is listed itself.
 */
const functions = `show() {
  case $1 in
    *.kubeconfig | */.kube/config) sed -n 's/^ *client-certificate-data: *//p' "$1" | base64 -d ;;
    *) sed -n '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p' "$1" ;;
  esac 2>/dev/null | base64 -w 0
}
list() {
  for file do
    [ ! -f "$file" ] || printf '%s %s\\n' "$(printf %s "$file" | base64 -w 0)" "$(show "$file")"
  done
}`;

/** The host's shell expands the stars, and nothing else. */
const glob = (pattern: string): string => pattern.split("*").map(quote).join("*");

/** A shell script that prints each of these files and its certificates: both in base64, one file a line. */
export const listCertificates = (patterns: readonly string[]): string =>
  `${functions}\nlist ${patterns.map(glob).join(" ")}`;

const of = defineQuery<readonly CertificateFile[]>({
  kind: "certificates",
  ask: (keys) => {
    const lists = keys.map((key) => `list ${key.split("\n").map(glob).join(" ")}`);
    return `${functions}\n${lists.join("\necho\n")}`;
  },
  parse: (stdout, keys) => {
    const parts = stdout.split(/^\n/m);
    return new Map(keys.map((key, index) => [key, read(parts[index] ?? "")]));
  },
});

/** The certificates of all files on the host whose absolute paths match one of the patterns, in which * is any text. */
export const hostCertificates = (patterns: readonly string[]): Query<readonly CertificateFile[]> =>
  of(patterns.join("\n"));

function read(text: string): readonly CertificateFile[] | TaskError {
  const decode = (base64 = ""): string => Buffer.from(base64, "base64").toString("utf8");
  try {
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const [path, pem] = line.split(" ");
        return { path: decode(path), certificates: inspectAll(decode(pem)) };
      });
  } catch (error) {
    return new TaskError(error instanceof Error ? error.message : String(error));
  }
}
