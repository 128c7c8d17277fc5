import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { renderKubeconfig } from "#kubernetes/kubeconfig/format.ts";
import { authority, by, issued } from "../../engine/pki/issued.ts";
import { temporaryFolder } from "../../engine/temporary.ts";
import { runProgram } from "../run-program.ts";

describe("npm run certs", function () {
  this.timeout(600_000);
  const folder = temporaryFolder();
  const run = (...args: string[]) => runProgram(folder, "certs", args);
  before(async () => {
    // Nothing listens at this port: the host cannot be reached.
    const host = { ansible_host: "127.0.0.1", ansible_port: 1, ssh_retry_timeout: 0 };
    writeFileSync(
      path.join(folder, "mine.yaml"),
      JSON.stringify({ all: { vars: { cluster_name: "c" } }, masters: { hosts: { "cp-1": host } } }),
    );
    const pki = path.join(folder, ".kubeplay/c/pki");
    mkdirSync(pki, { recursive: true });
    const ca = await authority("kubernetes");
    const admin = await issued("kubernetes-admin", { ...by(ca), days: 100 });
    writeFileSync(path.join(pki, "kubernetes-ca.crt"), ca.pem);
    writeFileSync(path.join(pki, "admin.crt"), admin.pem);
    const user = { cluster: "c", server: "https://127.0.0.1:6443", user: "admin", ca: ca.pem };
    writeFileSync(
      path.join(folder, ".kubeplay/c/admin.kubeconfig"),
      renderKubeconfig({ ...user, certificate: admin.pem, key: admin.keyPem }),
    );
  });

  it("lists what the controller has, and exits with 4 for a host that cannot be reached", () => {
    const { status, stdout, stderr } = run("--output", "json");
    expect(status, stderr).to.equal(4);
    expect(stderr).to.match(/^cp-1: /m);
    const { certificates, failures } = JSON.parse(stdout) as { certificates: { name: string }[]; failures: string[] };
    expect(certificates).to.have.length(2);
    expect(certificates[1]).to.deep.include({
      name: "admin",
      files: ["controller:.kubeplay/c/pki/admin.crt", "controller:.kubeplay/c/admin.kubeconfig"],
      daysLeft: 99,
      onController: true,
    });
    expect(failures).to.have.length(1);
    expect(stdout + stderr).not.to.contain("PRIVATE");
  });

  it("exits with 2 for a certificate below the limit, and names the command that renews it", () => {
    const { status, stdout } = run("--days", "101");
    expect(status).to.equal(2);
    expect(stdout)
      .to.match(/^admin .*NEAR ITS END$/m)
      .and.to.contain("-e renew=NAME,… certs");
  });

  it("refuses what it does not know, and a cluster that was never made", () => {
    expect(run("list").status).to.equal(5);
    expect(run("--output", "yaml").stderr).to.contain("json");
    const { status, stderr } = run("-e", "cluster_name=other");
    expect(status).to.equal(1);
    expect(stderr).to.contain("has no .kubeplay/other yet").and.to.contain("site first");
  });
});
