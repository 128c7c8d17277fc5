import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { parse, stringify } from "yaml";
import { certificate, certificateBundle } from "kubeplay";
import { parseKubeconfig } from "#kubernetes/kubeconfig/format.ts";
import { kubeconfig } from "#kubernetes/kubeconfig/resource.ts";
import { temporaryFolder } from "../../engine/temporary.ts";
import { subject } from "../../engine/resources/one-resource.ts";
import { failureOf, keep, keepAll } from "../../engine/resources/on-controller.ts";

type Props = Parameters<typeof kubeconfig>[1];

describe("the resource kubeconfig", () => {
  const folder = temporaryFolder();
  let count = 0;
  let own = "";
  const at = (name: string): string => path.join(own, name);
  const ca = (name = "ca") => certificate("CA", { path: at(`${name}.crt`), profile: "ca", commonName: name });
  const user = (commonName = "admin") =>
    certificate("user", { path: at("admin.crt"), profile: "client", commonName, ca: at("ca.crt") });
  const file = (change: Partial<Props> = {}) =>
    kubeconfig("kubeconfig", {
      path: at("admin.kubeconfig"),
      server: "https://10.0.0.1:6443",
      ca: at("ca.crt"),
      cluster: "lab",
      user: "admin",
      certificate: at("admin.crt"),
      ...change,
    });
  const text = (): string => readFileSync(at("admin.kubeconfig"), "utf8");
  const mode = (): number => statSync(at("admin.kubeconfig")).mode & 0o777;

  beforeEach(async () => {
    own = path.join(folder, String(++count));
    await keepAll([ca(), user(), file()]);
  });

  it("embeds the CA, the certificate and its key, readable by its owner only, and is written once", async () => {
    const document = parse(text()) as { users: [{ user: Record<string, string> }] };
    const embedded = (name: string): string => Buffer.from(document.users[0].user[name] ?? "", "base64").toString();
    expect(embedded("client-certificate-data")).to.equal(readFileSync(at("admin.crt"), "utf8"));
    expect(embedded("client-key-data")).to.equal(readFileSync(at("admin.key"), "utf8"));
    expect(mode()).to.equal(0o600);
    expect(await keep(file())).to.deep.equal({ outcome: "ok", reasons: [], warnings: [] });
  });

  it("is compared by its content, not by its YAML style", async () => {
    const written = `# mine\n${stringify(parse(text()), { indent: 4, lineWidth: 60 })}`;
    writeFileSync(at("admin.kubeconfig"), written);
    expect((await keep(file())).outcome).to.equal("ok");
    expect(text()).to.equal(written);
  });

  it("is rewritten for another server, cluster, user or namespace, with the difference as the reason", async () => {
    const changes: [Partial<Props>, string][] = [
      [{ server: "https://10.0.0.2:6443" }, "server: https://10.0.0.1:6443 → https://10.0.0.2:6443"],
      [{ cluster: "other" }, "cluster: lab → other"],
      [{ user: "me" }, "user: admin → me"],
      [{ namespace: "kube-system" }, "namespace: none → kube-system"],
    ];
    for (const [change, reason] of changes) {
      expect((await keep(file(change))).reasons).to.include(reason);
      expect((await keep(file(change))).outcome).to.equal("ok");
      await keep(file());
    }
  });

  it("is rewritten if its certificate was reissued, without showing a key", async () => {
    await keep(user("somebody"));
    const { reasons } = await keep(file());
    expect(reasons).to.have.length(2);
    expect(reasons[0]).to.match(/^certificate: [0-9a-f]{16} → [0-9a-f]{16}$/);
    expect(reasons[1]).to.equal("key: undefined → undefined");
    expect(parseKubeconfig(text()).certificates[0]?.commonName).to.equal("somebody");
    expect((await keep(file())).outcome).to.equal("ok");
  });

  it("is rewritten for an additional CA, from separate files or a bundle", async () => {
    const both = [at("ca.crt"), at("more.crt")];
    await keepAll([ca("more"), certificateBundle("bundle", { path: at("bundle.crt"), certificates: both })]);
    expect((await keep(file({ ca: both }))).reasons[0]).to.match(/^CA: [0-9a-f]{16} → [0-9a-f]{16}, [0-9a-f]{16}$/);
    expect((await keep(file({ ca: at("bundle.crt") }))).outcome).to.equal("ok");
    expect(parseKubeconfig(text()).cas.map(({ commonName }) => commonName)).to.deep.equal(["ca", "more"]);
  });

  it("is rewritten if it is missing, damaged or empty; a wrong mode alone is corrected in place", async () => {
    for (const damage of ["", "rubbish: [", "a: b"]) {
      writeFileSync(at("admin.kubeconfig"), damage);
      expect((await keep(file())).reasons[0]).to.match(/^kubeconfig: unreadable \(.*\) → admin at https:/);
      expect((await keep(file())).outcome).to.equal("ok");
    }
    rmSync(at("admin.kubeconfig"));
    expect((await keep(file())).reasons).to.deep.equal(["kubeconfig: absent → admin at https://10.0.0.1:6443"]);
    const before = text();
    chmodSync(at("admin.kubeconfig"), 0o644);
    expect((await keep(file())).reasons).to.deep.equal(["mode: 0644 → 0600"]);
    expect([text(), mode()]).to.deep.equal([before, 0o600]);
  });

  it("fails with the name of the missing, unreadable or mismatched file", async () => {
    const key = readFileSync(at("admin.key"), "utf8");
    writeFileSync(at("admin.key"), readFileSync(at("ca.key")));
    expect(await failureOf(keep(file()))).to.contain("admin.crt and its key do not belong together");
    rmSync(at("admin.key"));
    expect(await failureOf(keep(file()))).to.contain(`${at("admin.key")} is absent`);
    writeFileSync(at("admin.key"), key);
    expect(await failureOf(keep(file({ ca: at("none.crt") })))).to.contain(`the CA ${at("none.crt")} is absent`);
    writeFileSync(at("admin.crt"), "rubbish");
    expect(await failureOf(keep(file()))).to.contain("is unreadable (not a certificate in PEM)");
  });

  it("is known after apply if its certificate will be issued", async () => {
    rmSync(at("admin.crt"));
    expect(subject(file()).effects).to.deep.equal({
      [`kubeconfig file ${at("admin.kubeconfig")}`]: "unknown",
      [`controller file ${at("admin.kubeconfig")}`]: "unknown",
    });
    const kept = await keepAll([user(), file()], true);
    expect(kept.map(({ outcome }) => outcome)).to.deep.equal(["changed", "changed"]);
    expect((await keepAll([user(), file()])).map(({ outcome }) => outcome)).to.deep.equal(["changed", "changed"]);
  });
});
