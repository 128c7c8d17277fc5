import { parse, stringify } from "yaml";
import { certificateBlocks } from "#engine/pki/pem.ts";
import { inspectAll, type Certificate } from "#engine/pki/inspect.ts";
import { describeKey, parseKey } from "#engine/pki/key.ts";

/** The data with which a client reaches one API as one user. */
export interface Kubeconfig {
  readonly cluster: string;
  /** https://host:port */
  readonly server: string;
  /** The name in the server's certificate, if that is not the one in `server`. It is written only, and never read. */
  readonly serverName?: string;
  readonly user: string;
  readonly namespace?: string;
  /** PEM: the CAs that may have signed the server's certificate. */
  readonly ca: string;
  /** PEM: the user's certificate and private key. */
  readonly certificate: string;
  readonly key: string;
}

/** The same without secrets. */
export interface KubeconfigSummary {
  readonly cluster: string;
  readonly server: string;
  readonly user: string;
  readonly namespace?: string;
  readonly cas: readonly Certificate[];
  readonly certificates: readonly Certificate[];
  /** SHA-256 of the user's public key, in hex. */
  readonly publicKey: string;
}

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");

/** Renders the file with all data embedded: it can be copied anywhere. */
export const renderKubeconfig = ({
  cluster,
  server,
  serverName,
  user,
  namespace,
  ca,
  certificate,
  key,
}: Kubeconfig): string => {
  const context = `${user}@${cluster}`;
  return stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: cluster,
          cluster: {
            "certificate-authority-data": base64(ca),
            server,
            ...(serverName !== undefined && { "tls-server-name": serverName }),
          },
        },
      ],
      contexts: [{ name: context, context: { cluster, user, ...(namespace !== undefined && { namespace }) } }],
      "current-context": context,
      users: [{ name: user, user: { "client-certificate-data": base64(certificate), "client-key-data": base64(key) } }],
    },
    { lineWidth: 0 },
  );
};

/** Reads the current context, with its secrets. Throws Error if it is unusable; the message does not quote the file. */
export function readKubeconfig(text: string): Kubeconfig {
  const { context, cluster, user } = currentContext(text);
  const namespace = field(context, "namespace");
  return {
    cluster: word(context, "cluster"),
    server: word(cluster, "server"),
    user: word(context, "user"),
    ...(typeof namespace === "string" && { namespace }),
    ca: decode(word(cluster, "certificate-authority-data")),
    certificate: decode(word(user, "client-certificate-data")),
    key: decode(word(user, "client-key-data")),
  };
}

/** The same, without secrets. */
export function parseKubeconfig(text: string): KubeconfigSummary {
  const { ca, certificate, key, ...shown } = readKubeconfig(text);
  return {
    ...shown,
    cas: certificates(ca),
    certificates: certificates(certificate),
    publicKey: describeKey(parseKey(key)).publicKey,
  };
}

/** Returns the current context, its cluster and its user, unchecked. Throws Error if one of them is not defined. */
export function currentContext(text: string): { context: unknown; cluster: unknown; user: unknown } {
  if (text.trim() === "") throw new Error("the file is empty");
  const file = yaml(text);
  const context = entry(file, "context", word(file, "current-context"));
  return {
    context,
    cluster: entry(file, "cluster", word(context, "cluster")),
    user: entry(file, "user", word(context, "user")),
  };
}

export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function word(value: unknown, name: string): string {
  const found = field(value, name);
  if (typeof found === "string") return found;
  throw new Error(`not a kubeconfig with embedded credentials: ${name} is missing`);
}

/** Finds an entry in a list such as `{ clusters: [{ name, cluster: … }] }`. */
function entry(file: unknown, kind: "cluster" | "context" | "user", name: string): unknown {
  const list = field(file, `${kind}s`);
  const found: unknown = Array.isArray(list) ? list.find((one: unknown) => field(one, "name") === name) : undefined;
  if (found === undefined) throw new Error(`its ${kind} ${JSON.stringify(name)} is not defined`);
  return field(found, kind);
}

function yaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    // The parser's own message quotes lines of the file, which holds a private key.
    throw new Error("not valid YAML");
  }
}

const decode = (data: string): string => Buffer.from(data, "base64").toString("utf8");

function certificates(pem: string): Certificate[] {
  if (certificateBlocks(pem).length === 0) throw new Error("expected a certificate in PEM, found none");
  return inspectAll(pem);
}
