import { expect } from "chai";
import { eventually, lastSummary } from "../cluster/lab.ts";
import { lab, master, node, onHost, play, program } from "./small-cluster.ts";

const hosts = { "life-master": master, "life-node": node } as const;
const older = ["-e", "runc_version=1.5.1"];

async function kubectl(...args: readonly string[]): Promise<string> {
  const { code, output } = await program("kubectl", ...args);
  expect(code, output).to.equal(0);
  return output.trim();
}

async function sure(address: string, command: string): Promise<string> {
  const { code, output } = await onHost(address, command);
  expect(code, `${command}: ${output}`).to.equal(0);
  return output.trim();
}

/** A Deployment of one pod on the node, of an image that the lab has. */
async function deploy(name: string): Promise<void> {
  const coredns = ["-n", "kube-system", "get", "deployment", "coredns", "-o"];
  const image = await kubectl(...coredns, "jsonpath={.spec.template.spec.containers[0].image}");
  const spec = {
    ...{ nodeSelector: { "kubernetes.io/hostname": "life-node" }, terminationGracePeriodSeconds: 1 },
    containers: [{ name: "coredns", image, args: ["-dns.port=5300"] }],
  };
  await kubectl("create", "deployment", name, `--image=${image}`);
  await kubectl("patch", "deployment", name, "--patch", JSON.stringify({ spec: { template: { spec } } }));
  await kubectl("rollout", "status", `deployment/${name}`, "--timeout=120s");
}

/** The container of the Deployment's pod, and how often it was restarted. */
const container = (name: string): Promise<string> =>
  kubectl(
    ...["get", "pods", "-l", `app=${name}`, "-o"],
    "jsonpath={range .items[*].status.containerStatuses[*]}{.containerID} {.restartCount}{end}",
  );

/** The path of runc that the container recorded when it began. */
async function runtimeOf(name: string): Promise<string> {
  const id = /containerd:\/\/(\w+)/.exec(await container(name))?.[1] ?? "";
  return sure(node, `cat /run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/runtime`);
}

async function isEntered(name: string): Promise<void> {
  expect(await kubectl("exec", `deployment/${name}`, "--", "/coredns", "-version")).to.contain("CoreDNS-");
}

const changes = (): readonly string[] => lastSummary().changes.map(({ host, task }) => `${host}: ${task}`);

describe("runc", () => {
  before("make a cluster as earlier versions left it: with Debian's runc", async () => {
    await lab.makeAnew(() => play(...older, "site"));
    for (const address of Object.values(hosts))
      await sure(
        address,
        "apt-get -qq update && apt-get -qq -y install runc >/dev/null && rm /usr/local/bin/runc && " +
          "sed -i /BinaryName/d /etc/containerd/config.toml && systemctl restart containerd",
      );
    await deploy("before");
    expect(await runtimeOf("before"), "it looks for runc in PATH").to.equal("");
  });
  after("remove it", () => lab.remove());

  it("is what a check of site names, on each host", async () => {
    await play("--check", ...older, "site");
    for (const name of Object.keys(hosts))
      expect(changes()).to.include.members([
        ...["Install runc", "Write its configuration", "Restart containerd"].map((task) => `${name}: ${task}`),
      ]);
  });

  it("takes the place of Debian's, and containers that run go on and are reached", async () => {
    const was = await container("before");
    await play(...older, "site");
    expect(await container("before")).to.equal(was);
    await isEntered("before");
    await deploy("after");
    expect(await runtimeOf("after")).to.equal("/usr/local/bin/runc");
    expect(await sure(node, "/usr/local/bin/runc --version")).to.contain("runc version 1.5.1");
  });

  it("is enough for containers of before, once Debian's package is removed", async () => {
    for (const address of Object.values(hosts)) await sure(address, "apt-get -qq -y purge runc");
    await isEntered("before");
    await kubectl("delete", "deployment", "before", "--timeout=60s");
    await eventually(60, async () => expect(await container("before")).to.equal(""));
    await play(...older, "site");
    expect(changes()).to.deep.equal([]);
  });

  it("is switched by upgrade, host by host", async () => {
    await play("-e", "drain_empty_dir_data=true", "upgrade");
    for (const [name, address] of Object.entries(hosts)) {
      expect(changes()).to.include.members([`${name}: Stage runc`, `${name}: Install runc`]);
      expect(await sure(address, "readlink /usr/local/bin/runc")).to.equal("/usr/local/lib/kubeplay/runc/1.5.2/runc");
    }
    await kubectl("rollout", "status", "deployment/after", "--timeout=120s");
    await isEntered("after");
    for (const playbook of ["upgrade", "site"]) {
      await play(playbook);
      expect(changes(), playbook).to.deep.equal([]);
    }
  });
});
