import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { undone } from "kubeplay";
import { kubelet } from "#roles/kubelet/index.ts";
import { taskCalled, tasksOf } from "../tasks-of.ts";

const bin = "/run/spec-bin";
const { run, unless } = taskCalled(
  tasksOf(undone(kubelet), { vars: { bin_dir: bin } }),
  "End all pods, and unmount what they used",
).props as { readonly run: string; readonly unless: string };

/** In namespaces of its own: this machine keeps its processes, mounts, networks and cgroups. */
const alone = (script: string): string =>
  execFileSync("unshare", ["--pid", "--fork", "--kill-child", "--mount", "--net", "--mount-proc", "sh", "-c", script], {
    encoding: "utf8",
    timeout: 60_000,
  });

const prepare = `set -e
for folder in /run /var/lib /sys/fs/cgroup; do mount -t tmpfs none $folder; done
mkdir -p ${bin} /var/lib/kubelet /run/netns '/run/containerd/rootfs' /sys/fs/cgroup/kubepods/burstable/pod1
printf '#!/bin/sh\\nexit 1\\n' > ${bin}/systemctl
chmod 755 ${bin}/systemctl
# A shim with a program below it, which has one too.
cp "$(readlink -f /bin/sh)" ${bin}/containerd-shim-runc-v2
cp "$(readlink -f "$(command -v sleep)")" ${bin}/of-pod
set +e
`;
const pods = `${bin}/containerd-shim-runc-v2 -c 'sh -c "${bin}/of-pod 300 & wait" & wait' &
mount -t tmpfs none /var/lib/kubelet
mkdir -p "/var/lib/kubelet/pods/1/volumes/with a space"
mount -t tmpfs none "/var/lib/kubelet/pods/1/volumes/with a space"
mkdir -p "/var/lib/kubelet/pods/1/volumes/with a space/in it"
mount -t tmpfs none "/var/lib/kubelet/pods/1/volumes/with a space/in it"
mount -t tmpfs none /run/containerd/rootfs
: > /run/netns/cni-1 && mount --bind /proc/self/ns/net /run/netns/cni-1
: > /run/netns/of-others
sleep 301 & others=$!
until pgrep -x of-pod >/dev/null; do sleep 0.1; done
`;
const look = `if (${unless}); then echo none; else echo some; fi\n`;

describe("the end of all pods", () => {
  before(function () {
    try {
      alone("true");
    } catch {
      this.skip();
    }
  });

  it("kills what descends from shims, unmounts what they used, and leaves the rest", () => {
    const out = alone(`${prepare}${look}${pods}${look}(${run}\n)
echo "exit $?"
sed -E 's/^([^ ]+ ){4}([^ ]+) .*/\\2/' /proc/self/mountinfo | grep -E '^(/var/lib/kubelet|/run/containerd|/run/netns/(cni|of))'
ls /run/netns; ls /sys/fs/cgroup
pgrep -x of-pod && echo "still runs"
kill -0 $others && echo "others run"
${look}`);
    expect(out.trim().split("\n")).to.deep.equal([
      ...["none", "some", "exit 0", "/var/lib/kubelet", "of-others", "others run", "none"],
    ]);
  });
});
