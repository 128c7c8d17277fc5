import type { Host } from "kubeplay";
import type { Container } from "./containers.ts";
import { labImageName } from "./image.ts";
import { volumeOf } from "./volume.ts";

/** A lab host as a container: systemd is process 1, as on a machine. */
export const asContainer = (host: Host, cgroup: 1 | 2): Container => ({
  name: host.name,
  address: host.address,
  driver: "container",
  volume: volumeOf(host.name),
  foldersIfThere: ["/lib/modules"],
  options: [
    ...["--volume", `${volumeOf(host.name)}:/var/lib:suid,dev,exec`],
    // Not podman's own systemd mode: on hybrid cgroups, all hosts would share the machine's systemd hierarchy.
    ...["--privileged", "--cgroupns=private", "--systemd=false", "--env", "container=podman"],
    // Otherwise podman rewrites /etc/hosts at every start.
    "--no-hosts",
    ...["--tmpfs", "/run", "--tmpfs", "/run/lock", "--stop-signal", "RTMIN+3", "--stop-timeout", "60"],
    // podman's default limit of processes leaves 307 for a unit, too few for containerd and kubelet.
    ...["--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096", "--pids-limit", "-1"],
    // All hosts share the machine's processors: etcd and the API come before the nodes' pods. podman's default is 1024.
    ...(host.groups.includes("masters") ? ["--cpu-shares", "4096"] : []),
  ],
  image: labImageName,
  command: [
    "/sbin/init",
    ...(cgroup === 1 ? ["systemd.unified_cgroup_hierarchy=0", "SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1"] : []),
  ],
  port: 22,
});
