import { stringify } from "yaml";
import { currentContext, field } from "./format.ts";

/** A kubeconfig that only says in which files the rest is: that of a client whose certificate changes by itself. */
export interface FileKubeconfig {
  readonly server: string;
  /** Absolute paths. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

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

/** As far as the file's current context says it. Throws a sentence where there is none. */
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
