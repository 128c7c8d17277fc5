import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { serve, type Upstream } from "../../../artifacts/helpers.ts";
import { run, type Ran } from "../../../../upstream/run.ts";
import { formOnly } from "../../../../upstream/server/programs.ts";
import { startUpstream, type FakeUpstream } from "../../../../upstream/server/server.ts";

describe("npm run doctor -- upstream", () => {
  let folder: string;
  let inventory: string;
  let upstream: FakeUpstream;
  before("start a fake upstream", async () => {
    folder = mkdtempSync(path.join(tmpdir(), "kubeplay-doctor-"));
    upstream = await startUpstream({ programs: formOnly(path.join(folder, "form")), folder: path.join(folder, "up") });
    inventory = path.join(folder, "hosts.yaml");
    const vars = { artifact_source: "upstream", cilium_l7_proxy: false, logging_state: "absent" };
    const absent = { dashboard_state: "absent", kube_prometheus_state: "absent" };
    const masters = { hosts: { "cp-1": { ansible_host: "127.0.0.1", ansible_port: 1 } } };
    writeFileSync(inventory, JSON.stringify({ masters, all: { vars: { ...vars, ...absent } } }));
  });
  after("stop it", async () => {
    await upstream.close();
    rmSync(folder, { recursive: true });
  });

  const doctor = (words: readonly string[], proxy = upstream.url) =>
    run("lib/programs/doctor/program.ts", ["-i", inventory, ...words], {
      ...{ https_proxy: proxy, NODE_EXTRA_CA_CERTS: upstream.ca, no_proxy: "" },
    });

  it("asks for the first byte of every file, without a download, and ends with 0", async () => {
    const { code, output } = await doctor(["upstream", "--no-from"]);
    expect(code, output).to.equal(0);
    expect(output).to.match(/^All \d+ files and 0 images can be had, from the controller\.$/m);
    const official = "https://dl.k8s.io/v1.";
    expect(upstream.asked.some((line) => line.startsWith(`GET ${official}`))).to.equal(true);
    expect(upstream.unknown).to.deep.equal([]);
  });

  it("names everything that is missing at once, with what needs it, and ends with 2", async () => {
    const versions = { etcd_version: "3.5.99", crictl_version: "1.35.0" };
    const { code, output } = await doctor(["-e", JSON.stringify(versions), "upstream", "--no-from"]);
    expect(code, output).to.equal(2);
    expect(output)
      .to.match(/^✗ https:\/\/github\.com\/etcd-io\/\S+v3\.5\.99\S+ \(etcd 3\.5\.99\), from the controller: HTTP 404$/m)
      .and.to.match(/^✗ \S+crictl-v1\.35\.0\S+ \(crictl 1\.35\.0\)/m)
      .and.to.match(/^\d+ cannot be had; \d+ files and 0 images can\./m);
  });

  it("asks for signatures too if they will be verified", async () => {
    const { code, output } = await doctor(["-e", "artifact_verify_signatures=true", "upstream", "--no-from"]);
    // The fake has none.
    expect(code, output).to.equal(2);
    expect(output)
      .to.match(/^✗ \S+\/kubelet\.sig \(kubernetes \S+\), from the controller: HTTP 404$/m)
      .and.to.match(/^✗ \S+\/kubelet\.cert \(/m)
      .and.to.match(/^✗ \S+\/containerd-\S+-attestation\.intoto\.jsonl \(containerd/m);
  });

  it("asks the official registries for the images that the controller copies", async () => {
    const vars = { images_registry: "registry.example:5000", crictl_version: "1.36.0" };
    const { code, output } = await doctor(["-e", JSON.stringify(vars), "upstream", "--no-from"]);
    expect(code, output).to.equal(2);
    // The fake has the images out of which programs are taken, and no others.
    expect(output)
      .to.match(
        /^✗ registry\.k8s\.io\/coredns\/coredns:\S+ \(images_registry\), from the controller: \S+ does not have it/m,
      )
      .and.not.to.match(/^✗ quay\.io\/cilium\/cilium:/m);
  });

  describe("asks the sources of a host's apt", () => {
    let mirror: Upstream;
    before(async function () {
      if (!existsSync("/usr/lib/apt/apt-helper")) this.skip();
      mirror = await serve(({ url = "" }, response) =>
        url === "/good/dists/trixie/InRelease" ? response.end("Origin: spec\n") : response.writeHead(404).end(),
      );
    });
    after(() => mirror.close());

    /** This machine is the host; its apt has these sources. */
    const asked = async (names: readonly string[], vars: object = {}): Promise<Ran> => {
      const [list, configuration, hosts] = ["list", "apt.conf", "local.yaml"].map((name) => path.join(folder, name));
      writeFileSync(list!, names.map((name) => `deb [trusted=yes] ${mirror.url}/${name} trixie main\n`).join(""));
      writeFileSync(configuration!, `Dir::Etc::sourcelist "${list!}";\nDir::Etc::sourceparts "-";\n`);
      const local = { "cp-1": { ansible_connection: "local" } };
      writeFileSync(hosts!, JSON.stringify({ masters: { hosts: local }, all: { vars } }));
      return run("lib/programs/doctor/program.ts", ["-i", hosts!, "upstream"], {
        ...{ APT_CONFIG: configuration!, https_proxy: upstream.url, NODE_EXTRA_CA_CERTS: upstream.ca },
        ...{ http_proxy: "", no_proxy: "127.0.0.1" },
      });
    };
    const index = (name: string): string =>
      `${mirror.url}/${name}/dists/trixie/InRelease (Debian's packages), from cp-1`;

    it("and needs one of them, as preflight does", async () => {
      const { code, output } = await asked(["absent"]);
      expect(code, output).to.equal(2);
      expect(output)
        .to.contain(`✗ ${index("absent")}: `)
        .and.to.match(/InRelease .* 404/);
    });
    it("and names another that does not answer, with a milder mark", async () => {
      const { output } = await asked(["good", "absent"]);
      expect(output)
        .to.contain(`! ${index("absent")}: `)
        .and.not.to.contain(index("good"));
      expect(output).to.match(/ and 1 source of apt can\./);
    });
    it("but not if a bundle brings the packages", async () => {
      const { output } = await asked(["absent"], { host_debian_packages: "/bundle/debian.tar" });
      expect(output).not.to.contain("InRelease");
    });
  });

  it("reports a host that cannot be reached, and asks the controller's part all the same", async () => {
    const { code, output } = await doctor(["upstream"]);
    expect(code, output).to.equal(2);
    expect(output).to.match(/^✗ cp-1 \(the hosts' pods\), from the controller: /m);
    expect(output).to.match(/^1 cannot be had; \d+ files/m);
  });

  it("says why nothing comes if the proxy does not answer", async () => {
    const { code, output } = await doctor(["upstream", "--no-from"], "http://127.0.0.1:1");
    expect(code).to.equal(2);
    expect(output).to.match(/from the controller: .*ECONNREFUSED/m);
  });

  it("shows its options if asked for help", async () => {
    const { code, output } = await doctor(["upstream", "--help"]);
    expect(code, output).to.equal(0);
    expect(output).to.contain("--no-from").and.not.to.contain("Error");
  });
  it("refuses words that it does not know", async () => {
    expect((await doctor(["downstream"])).code).to.equal(5);
    expect((await doctor(["upstream", "--from", "nobody"])).code).to.equal(5);
  });
});
