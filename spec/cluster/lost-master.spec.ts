import { spawn, type ChildProcess } from "node:child_process";
import { connect } from "node:net";
import { expect } from "chai";
import { addressOf, hosts, kubectl, lastSummary, onHost, play, sshOptions, type, until } from "./lab.ts";

const answers = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });

/** Runs kubectl with a host's own proxy, through a tunnel to the host. */
async function kubectlThrough(host: string, ...words: readonly string[]) {
  const port = 18_443;
  const tunnel: ChildProcess = spawn(
    "ssh",
    [...sshOptions, "-N", "-L", `${String(port)}:127.0.0.1:8443`, `kubeplay@${addressOf(host)}`],
    { stdio: "ignore" },
  );
  try {
    await until(`a tunnel to ${host}`, 10, () => answers(port));
    return await kubectl("--server", `https://127.0.0.1:${String(port)}`, "--request-timeout=15s", ...words);
  } finally {
    const gone = new Promise((resolve) => tunnel.once("exit", resolve));
    tunnel.kill();
    await gone;
  }
}

const lease = async (name: string): Promise<{ holder: string; renewed: number }> => {
  const { output } = await kubectl(
    ...["-n", "kube-system", "get", "lease", name, "-o"],
    "jsonpath={.spec.holderIdentity} {.spec.renewTime}",
  );
  const [holder = "", renewed = ""] = output.trim().split(" ");
  return { holder, renewed: Date.parse(renewed) };
};

const masters = ["master-1", "master-2", "master-3"];

for (const lost of masters)
  describe(`with ${lost} stopped`, function () {
    const left = hosts.filter((name) => name !== lost);

    before(async () => {
      const { code, output } = await type("podman", "stop", "--time", "10", lost);
      expect(code, output).to.equal(0);
    });
    after("start it again, and delete the pod", async () => {
      await type("podman", "start", lost);
      await kubectl("delete", "pod", "after-the-loss", "--ignore-not-found", "--wait=false");
    });

    it("kubectl works through the proxy of every other host", async () => {
      for (const host of left) {
        const { code, output } = await kubectlThrough(host, "get", "nodes", "-o", "name");
        expect(code, `${host}: ${output}`).to.equal(0);
        expect(output.match(/^node\//gm), `${host}: ${output}`).to.have.length(5);
      }
    });

    it("the controllers and the scheduler have a leader on another master", async () => {
      for (const name of ["kube-controller-manager", "kube-scheduler"])
        await until(`a leader of ${name}`, 60, async () => {
          const { holder, renewed } = await lease(name);
          expect(holder).to.not.match(new RegExp(`^${lost}_`));
          expect(Date.now() - renewed, "milliseconds since it was renewed").to.be.lessThan(15_000);
        });
    });

    it("a new pod starts", async () => {
      const image = "registry.k8s.io/e2e-test-images/agnhost:2.66.1";
      const made = await kubectl("run", "after-the-loss", `--image=${image}`, "--restart=Never", "--", "pause");
      expect(made.code, made.output).to.equal(0);
      const ready = await kubectl("wait", "--for=condition=Ready", "pod/after-the-loss", "--timeout=90s");
      expect(ready.code, ready.output).to.equal(0);
    });

    it("after a restart, all nodes are Ready and site changes nothing", async () => {
      const { code, output } = await type("podman", "start", lost);
      expect(code, output).to.equal(0);
      await until(`${lost} is back in service`, 120, async () => {
        const health = await onHost(
          addressOf(lost),
          "curl -fs http://127.0.0.1:2381/health && curl -fsk -o /dev/null https://127.0.0.1:10252/healthz && curl -sk -o /dev/null -w %{http_code} https://127.0.0.1:8443/api",
        );
        expect(health.output).to.match(/"health":"true".*401$/s);
        const waited = await kubectl("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=1s");
        expect(waited.code, waited.output).to.equal(0);
      });
      const again = await play("site");
      expect(again.code, again.output).to.equal(0);
      expect(lastSummary().changes, again.output).to.deep.equal([]);
    });
  });
