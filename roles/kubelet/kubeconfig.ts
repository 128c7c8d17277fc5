import { defineResource, type Difference, queries } from "kubeplay";
import { type FileKubeconfig, readFileKubeconfig, renderFileKubeconfig } from "kubeplay/kubernetes";

export interface KubeletKubeconfig extends FileKubeconfig {
  /** The path on the host. */
  readonly path: string;
}

interface Now {
  readonly kubeconfig: queries.ContentState;
}

function read(now: queries.ContentState): Partial<FileKubeconfig> | undefined {
  if (typeof now !== "string") return undefined;
  try {
    return readFileKubeconfig(now);
  } catch {
    return undefined;
  }
}

const words = { server: "server", ca: "CA", certificate: "client certificate", key: "client key" } as const;

/**
 * The kubelet's kubeconfig: the URL of the API and the paths of its credentials. Compared by content, not by bytes: a
 * kubelet that joins writes the file itself, in its version's format.
 */
export const kubeletKubeconfig = defineResource({
  kind: "kubelet's kubeconfig",
  label: (p: KubeletKubeconfig) => p.path,
  needs: (p) => ({ kubeconfig: queries.content(p.path) }),
  diff: ({ kubeconfig }: Now, p): Difference[] => {
    const now = read(kubeconfig);
    if (!now) return [{ what: "server", before: kubeconfig === undefined ? "absent" : "unreadable", after: p.server }];
    return (["server", "ca", "certificate", "key"] as const)
      .filter((name) => now[name] !== p[name])
      .map((name) => ({ what: words[name], before: now[name] ?? "not as a file", after: p[name] }));
  },
  apply: (_found, _now, p) => [{ upload: { bytes: Buffer.from(renderFileKubeconfig(p)) }, to: p.path, mode: 0o600 }],
  forecast: (_now, p) => ({ kubeconfig: renderFileKubeconfig(p) }),
});
