import { stringify } from "yaml";
import { currentContext, field } from "./format.ts";

/**
 * A kubeconfig that refers to files for its CA, certificate and key, for a client that renews its own certificate.
 *
 * @example
 * const own: FileKubeconfig = {
 *   server: "https://127.0.0.1:8443",
 *   ca: "/etc/kubernetes/pki/ca-bundle.crt",
 *   certificate: "/var/lib/kubelet/pki/kubelet-client-current.pem",
 *   key: "/var/lib/kubelet/pki/kubelet-client-current.pem",
 * };
 */
export interface FileKubeconfig {
  readonly server: string;
  /** Absolute paths. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * Renders such a kubeconfig as YAML.
 *
 * @example
 * file("Write its kubeconfig", { dest: "/etc/kubernetes/kubelet.kubeconfig", content: renderFileKubeconfig(own) });
 */
export const renderFileKubeconfig = ({ server, ca, certificate, key }: FileKubeconfig): string =>
  stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "default-cluster", cluster: { "certificate-authority": ca, server } }],
      contexts: [{ name: "default-context", context: { cluster: "default-cluster", user: "default-auth" } }],
      "current-context": "default-context",
      users: [{ name: "default-auth", user: { "client-certificate": certificate, "client-key": key } }],
    },
    { lineWidth: 0 },
  );

/**
 * Reads the server and the paths in the current context of a kubeconfig; fields that it does not set are absent. Throws
 * Error if the text is not YAML or its current context is not defined.
 *
 * @example
 * const { server, certificate } = readFileKubeconfig(text);
 */
export function readFileKubeconfig(text: string): Partial<FileKubeconfig> {
  const { cluster, user } = currentContext(text);
  const said = (value: unknown, name: string, as: keyof FileKubeconfig): Partial<FileKubeconfig> => {
    const found = field(value, name);
    return typeof found === "string" ? { [as]: found } : {};
  };
  return {
    ...said(cluster, "server", "server"),
    ...said(cluster, "certificate-authority", "ca"),
    ...said(user, "client-certificate", "certificate"),
    ...said(user, "client-key", "key"),
  };
}
