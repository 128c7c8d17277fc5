import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { quote } from "kubeplay";
import { hostEvidence } from "#programs/cis/evidence/host.ts";
import { flagsIn } from "#programs/cis/evidence/flags.ts";
import { probe } from "#programs/cis/evidence/probe.ts";
import { temporaryFolder } from "../../engine/temporary.ts";

const host = { name: "cp-1", address: "10.0.0.11", groups: ["masters"] };

describe("the flags of a process", () => {
  it("have a value after =, in the next word, or true", () => {
    const flags = flagsIn(["--a=1=2", "--b", "two", "--c", "-d=4", "--e", "--a=3"]);
    expect(Object.fromEntries(flags)).to.deep.equal({
      a: ["1=2", "3"],
      b: ["two"],
      c: ["true"],
      d: ["4"],
      e: ["true"],
    });
  });
});

/** systemctl alone is a stand-in: it names the unit and the process that the spec has started. */
describe("the probe of a host", function () {
  this.timeout(30_000);
  const folder = temporaryFolder();
  let running: ChildProcess;
  const at = (name: string): string => path.join(folder, name);
  const read = () => {
    const { stdout, stderr } = spawnSync("sh", ["-c", probe], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${folder}:${process.env.PATH ?? ""}` },
    });
    return { evidence: hostEvidence(host, stdout), stdout, stderr };
  };

  before(async () => {
    mkdirSync(at("plugins"));
    writeFileSync(
      at("encryption.yaml"),
      'resources:\n  - resources: [secrets]\n    providers:\n      - secretbox: { keys: [{ name: key-1, secret: c2VjcmV0LW9uZQ== }] }\n      - aesgcm:\n          keys:\n            - name: key-2\n              secret: "c2VjcmV0LXR3bw=="\n',
    );
    writeFileSync(at("admission.json"), "plugins:\n  - name: PodSecurity\n    path: plugins/pods.yaml\n");
    writeFileSync(at("plugins/pods.yaml"), "defaults: { enforce: baseline }\n");
    writeFileSync(at("audit.yaml"), "kind: Policy\n");
    writeFileSync(at("kube-apiserver.service"), `[Service]\nLoadCredential=audit.yaml:${at("audit.yaml")}\n`);
    chmodSync(at("kube-apiserver.service"), 0o640);
    writeFileSync(at("ca.crt"), "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\nnot this\n");
    running = spawn("sh", [
      "-c",
      "while :; do sleep 1; done",
      `--encryption-provider-config=${at("encryption.yaml")}`,
      "--admission-control-config-file",
      at("admission.json"),
      `--client-ca-file=${at("ca.crt")}`,
      "--audit-policy-file=/run/credentials/kube-apiserver.service/audit.yaml",
      "--odd= a b\tc",
    ]);
    await new Promise((resolve) => running.once("spawn", resolve));
    writeFileSync(
      at("systemctl"),
      `#!/bin/sh\ncase "$*" in\n*MainPID*kube-apiserver*) echo ${String(running.pid)} ;;\n*FragmentPath*kube-apiserver*) echo ${quote(at("kube-apiserver.service"))} ;;\n*MainPID*) echo 0 ;;\n*) echo ;;\nesac\n`,
      { mode: 0o755 },
    );
  });
  after(() => running.kill());

  it("reads the arguments of the process, and only of units that run", () => {
    const { processes } = read().evidence;
    expect([...processes.keys()]).to.deep.equal(["kube-apiserver"]);
    expect(processes.get("kube-apiserver")?.get("odd")).to.deep.equal([" a b\tc"]);
  });

  it("names a credential of systemd by the file from which it is loaded", () => {
    const { processes, documents, files } = read().evidence;
    expect(processes.get("kube-apiserver")?.get("audit-policy-file")).to.deep.equal([at("audit.yaml")]);
    expect(documents.get(at("audit.yaml"))).to.deep.equal({ kind: "Policy" });
    expect([...files.keys()]).to.include(at("audit.yaml"));
  });

  it("reads the files that the arguments name, and those that these name", () => {
    const { documents } = read().evidence;
    expect(documents.get(at("admission.json"))).to.have.nested.property("plugins[0].name", "PodSecurity");
    expect(documents.get(at("plugins/pods.yaml"))).to.have.nested.property("defaults.enforce", "baseline");
  });

  it("reads the modes of unit files and of the files in arguments", () => {
    const { files, units } = read().evidence;
    expect(units.get("kube-apiserver")).to.deep.equal([at("kube-apiserver.service")]);
    expect(files.get(at("kube-apiserver.service"))?.mode).to.equal(0o640);
    expect(files.get(at("encryption.yaml"))?.owner).to.match(/^\w+:\w+$/);
    expect(files.get(at("ca.crt"))?.isFolder).to.equal(false);
  });

  it("reads certificates, and nothing else in their files", () => {
    expect(read().evidence.certificates.get(at("ca.crt"))).to.deep.equal([
      "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----",
    ]);
  });

  it("leaves keys of encryption at rest on the host", () => {
    const { evidence, stdout } = read();
    const document = JSON.stringify(evidence.documents.get(at("encryption.yaml")));
    expect(document).to.include("secretbox").and.include("key-2").and.not.include("c2VjcmV0");
    const decoded = stdout.split("\n").map((line) => Buffer.from(line.split("\t")[2] ?? "", "base64").toString());
    expect(decoded.join("\n")).to.include("key-1").and.not.include("c2VjcmV0");
  });
});
