import { expect } from "chai";
import { measured, onHost, until } from "../cluster/lab.ts";
import { output, withInventory } from "./with.ts";

const { play, done, kubectl, changesNothing, pod: start } = withInventory("hosts.vm.yaml");
const vm = { name: "vm-1", address: "10.187.0.31" };
const hosts = ["10.187.0.11", "10.187.0.12", "10.187.0.13", "10.187.0.21", vm.address];

const onVm = (command: string): Promise<string> => output(onHost(vm.address, command));
const node = (path: string): Promise<string> => kubectl("get", "node", vm.name, "-o", `jsonpath={${path}}`);

interface ServiceList {
  readonly items: readonly {
    readonly spec: {
      readonly clusterIP: string;
      readonly ports: readonly { readonly port: number; readonly protocol: string }[];
    };
  }[];
}

/** The protocol and address of every Service that has one: "TCP 10.96.0.1:443". */
const services = async (): Promise<string[]> => {
  const list = JSON.parse(await kubectl("get", "services", "-A", "-o", "json")) as ServiceList;
  return list.items
    .filter(({ spec }) => spec.clusterIP !== "None")
    .flatMap(({ spec }) => spec.ports.map(({ port, protocol }) => `${protocol} ${spec.clusterIP}:${port}`));
};

/** The Services that the virtual machine's kernel forwards to pods. */
const inIpvs = async (): Promise<{ readonly service: string; readonly scheduler: string }[]> =>
  [...(await onVm("ipvsadm -Ln")).matchAll(/^(TCP|UDP|SCTP) +(\S+) (\S+)/gm)].map(
    ([, protocol = "", address = "", scheduler = ""]) => ({ service: `${protocol} ${address}`, scheduler }),
  );
const schedulers = async (): Promise<string[]> => [...new Set((await inIpvs()).map(({ scheduler }) => scheduler))];

/** A pod on the virtual machine connects to the Services of the API and of DNS, by name. */
const reachesServices = async (): Promise<void> => {
  const pod = "on-the-vm";
  await start(pod, vm.name, "pause");
  try {
    await kubectl("wait", "--for=condition=Ready", `pod/${pod}`, "--timeout=300s");
    for (const service of ["kubernetes.default.svc.cluster.local:443", "kube-dns.kube-system.svc.cluster.local:53"])
      await until(`a pod reaches ${service}`, 60, () =>
        kubectl("exec", pod, "--", "/agnhost", "connect", "--timeout=10s", service),
      );
  } finally {
    await kubectl("delete", "pod", pod, "--wait=false");
  }
};

describe("a lab with a virtual machine", () => {
  before("remove the previous lab", async () => {
    await done("-e", "lab_state=absent", "lab");
    measured("the lab's hosts, the virtual machine among them", await done("lab"));
  });

  it("is saved, and restored as it was", async () => {
    measured("saved", await done("-e", "lab_state=saved", "-e", "lab_snapshot=bare", "lab"));
    for (const host of hosts) await output(onHost(host, "touch /root/since /var/lib/since && sync"));
    measured("brought back", await done("-e", "lab_state=restored", "-e", "lab_snapshot=bare", "lab"));
    for (const host of hosts) {
      const { code } = await onHost(host, "ls /root/since /var/lib/since");
      expect(code, host).to.equal(2);
    }
  });

  it("is stopped, and started again with its data", async () => {
    await output(onHost(vm.address, "touch /root/stays"));
    await done("-e", "lab_state=stopped", "lab");
    measured("started", await done("lab"));
    await output(onHost(vm.address, "rm /root/stays"));
  });

  it("reports a missing snapshot, and does not change the hosts", async () => {
    const { code, output } = await play("-e", "lab_state=restored", "-e", "lab_snapshot=never", "lab");
    expect(code).to.equal(2);
    expect(output).to.include("master-1 has no snapshot never");
    await onVm("true");
  });

  it("becomes a cluster, and a second run changes nothing", async () => {
    measured("site", await done("site"));
    await changesNothing();
  });
});

describe("a node with a kernel of its own", () => {
  it("runs Debian's kernel", async () => {
    expect(await node(".status.nodeInfo.kernelVersion")).to.match(/^6\.12\..*cloud-amd64$/);
  });

  it("has every Service of the cluster in ipvs, with round robin, on a dummy interface of the node", async () => {
    const wanted = (await services()).sort();
    expect((await inIpvs()).map(({ service }) => service).sort()).to.deep.equal(wanted);
    expect(await schedulers()).to.deep.equal(["rr"]);
    const local = await onVm("ip -d -4 address show dev kube-ipvs0");
    expect(local).to.include("dummy");
    for (const service of wanted) expect(local).to.include(` ${service.replace(/^\S+ (.*):.*$/, "$1")}/32`);
  });

  it("connects its pods to Services", reachesServices);

  it("has none of the settings that containers need", async () => {
    expect(await onVm("stat -fc %T /sys/fs/cgroup")).to.equal("cgroup2fs");
    const kubelet = JSON.parse(await onVm("cat /etc/kubernetes/kubelet.json")) as Record<string, unknown>;
    expect(kubelet).to.include({
      ...{ cgroupDriver: "systemd", failCgroupV1: true, failSwapOn: true, seccompDefault: true },
    });
    expect(kubelet).not.to.have.property("evictionHard");
    const containerd = await onVm("cat /etc/containerd/config.toml");
    expect(containerd)
      .to.match(/SystemdCgroup = true/)
      .and.not.to.match(/restrict_oom_score_adj = true/);
    expect(await onVm("systemctl show --property OOMScoreAdjust --value containerd")).to.equal("-999");
    expect(await onVm("cat /proc/1/cgroup")).to.equal("0::/init.scope");
  });

  it("has strict ARP and another scheduler if variables set them", async () => {
    const only = ["--limit", vm.name, "--tags", "kube-proxy", "site"];
    await done("-e", "kube_proxy_strict_arp=true", "-e", "kube_proxy_ipvs_scheduler=lc", ...only);
    const sysctls = "sysctl -n net.ipv4.conf.all.arp_ignore net.ipv4.conf.all.arp_announce";
    await until("ARP is strict", 30, async () => expect(await onVm(sysctls)).to.equal("1\n2"));
    await until("its scheduler is lc", 60, async () => expect(await schedulers()).to.deep.equal(["lc"]));
    await done(...only);
    await until("its scheduler is rr", 60, async () => expect(await schedulers()).to.deep.equal(["rr"]));
  });

  it("is Ready again after a reboot, with its modules, and site changes nothing", async () => {
    const before = await node(".status.nodeInfo.bootID");
    await onHost(vm.address, "systemctl reboot");
    await until("Ready after the reboot", 600, async () => {
      expect(await node(".status.nodeInfo.bootID")).not.to.equal(before);
      expect(await node('.status.conditions[?(@.type=="Ready")].status')).to.equal("True");
    });
    expect(await onVm("lsmod"))
      .to.match(/^ip_vs_rr /m)
      .and.to.match(/^overlay /m);
    await changesNothing();
    await reachesServices();
  });
});

describe("Cilium instead of kube-proxy, on a kernel of its own", () => {
  before("restore the bare hosts", async () => {
    measured("brought back", await done("-e", "lab_state=restored", "-e", "lab_snapshot=bare", "lab"));
    measured("site", await done("-e", "kube_proxy_replacement=true", "site"));
  });

  it("connects pods to Services, without any part of kube-proxy", async () => {
    await reachesServices();
    const { code } = await onHost(vm.address, "systemctl cat kube-proxy.service || ip link show kube-ipvs0");
    expect(code).not.to.equal(0);
    const { code: tables } = await onHost(vm.address, "nft list tables | grep kube-proxy");
    expect(tables).not.to.equal(0);
  });

  it("is reported in Cilium's status", async () => {
    const pod = await kubectl(
      ...["-n", "kube-system", "get", "pods", "-l", "k8s-app=cilium", "--field-selector", `spec.nodeName=${vm.name}`],
      ...["-o", "jsonpath={.items[0].metadata.name}"],
    );
    const status = await kubectl(
      ...["-n", "kube-system", "exec", pod, "-c", "cilium-agent", "--", "cilium-dbg", "status"],
    );
    expect(status).to.match(/KubeProxyReplacement: +True/);
  });
});
