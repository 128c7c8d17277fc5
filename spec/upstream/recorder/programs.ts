import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";
import { cacheAt, lookUp, objectFile, type Cache } from "#engine/cache/cache.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import type { RecorderOptions } from "./options.ts";
import { ownArchitecture, refName, type WantedComponent } from "#artifacts/catalogue/wanted.ts";

/**
 * How programs print their version. Only these are run: others act on whatever they are given, for example
 * cilium-mount mounts, and cilium-sysctlfix writes to /etc.
 */
const forms: Readonly<Record<string, readonly string[]>> = {
  ...of(
    ["--version"],
    [
      ...["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "etcd", "containerd"],
      ...[
        "containerd-shim-runc-v2",
        "ctr",
        "runc",
        "crictl",
        "coredns",
        "registry",
        "prometheus",
        "promtool",
        "alertmanager",
      ],
      ...["amtool", "node_exporter", "prometheus-operator", "prometheus-config-reloader", "kube-rbac-proxy", "hubble"],
      ...["cilium-agent", "cilium-operator-generic", "metrics-server", "victoria-logs", "vlagent", "e2e.test"],
    ],
  ),
  ...of(["version"], ["kubeadm", "etcdctl", "etcdutl", "helm", "crane", "cilium-dbg", "kube-state-metrics"]),
  kubectl: ["version", "--client"],
  pause: ["-v"],
};

function of(form: readonly string[], programs: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(programs.map((name) => [name, form]));
}

/** A cache that is filled as a play fills it: checksums, pins, signatures and ELF headers are checked. */
export async function downloadAll(
  wanted: readonly WantedComponent[],
  folder: string,
  { pins, signatures }: Pick<RecorderOptions, "pins" | "signatures">,
): Promise<Cache> {
  const cache = cacheAt(path.join(folder, "cache"));
  await mkdir(folder, { recursive: true });
  const lockFile = await pinsIn(pins, folder);
  await ensureArtifacts(wanted, { source: "upstream", cache, lockFile, verifySignatures: signatures });
  return cache;
}

/** A copy of the pins: a run adds what it sees first beside them, and that is not this project's. */
async function pinsIn(pins: string, folder: string): Promise<string> {
  const copy = path.join(folder, "artifacts.lock.json");
  await copyFile(pins, copy);
  return copy;
}

/** Programs for this machine's architecture that do not report the version of their release. */
export async function wrongVersions(
  wanted: readonly WantedComponent[],
  cache: Cache,
  folder: string,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const one of wanted.filter(({ architecture }) => architecture === ownArchitecture))
    for (const binary of one.component.binaries) {
      const form = forms[binary];
      const ref = form && (await lookUp(cache, refName(one, binary)));
      if (!form || !ref) continue;
      // In an empty folder: some programs make files where they start.
      const { stdout, stderr } = await $({
        ...{ quiet: true, nothrow: true, timeout: "20s", cwd: folder },
      })`${objectFile(cache, ref.sha256)} ${form}`;
      if (!`${stdout}${stderr}`.includes(one.version)) wrong.push(`${binary} ${one.version}`);
    }
  return wrong;
}
