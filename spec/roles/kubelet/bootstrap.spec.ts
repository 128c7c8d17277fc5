import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import type { CertificateState } from "#engine/queries/certificate-file.ts";
import { idOf } from "#engine/queries/define.ts";
import { bootstrapToken, clientCertificate, joined, noBootstrapToken, type Joining } from "#roles/kubelet/bootstrap.ts";
import { authority, by, issued, type Issued } from "../../lib/engine/pki/issued.ts";
import { asked, subject } from "../../lib/engine/resources/one-resource.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";

const day = 24 * 3600 * 1000;
const of = (first: Issued, ...chain: Issued[]): CertificateState => ({
  type: "certificate",
  certificate: first.certificate,
  chain: chain.map(({ certificate }) => certificate),
  daysLeft: 100,
});
const held = ({ certificate }: Issued, daysLeft = 100) => ({ certificate, daysLeft });

describe("a kubelet that joins the cluster", () => {
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);
  const joining: Joining = {
    cluster: "lab",
    node: "node-1",
    server: "https://127.0.0.1:8443",
    bootstrapKubeconfig: at("bootstrap.kubeconfig"),
    trusted: at("trusted.crt"),
    issuers: at("issuers.crt"),
    adminKubeconfig: at("admin.kubeconfig"),
    servers: [],
    kubeadm: "kubeadm@1.37.2/amd64",
    warnBeforeDays: 30,
    patience: 120,
  };
  const task = subject(bootstrapToken("t", joining));
  let root: Issued, signing: Issued, kubelet: Issued, stranger: Issued;
  let cas: CertificateState;
  before(async () => {
    root = await authority("kubernetes");
    signing = await authority("kubernetes-signing", by(root));
    kubelet = await issued("system:node:node-1", by(signing));
    // The new CA has its predecessor's name.
    stranger = await issued("system:node:node-1", by(await authority("kubernetes-signing", by(root))));
    cas = of(root, signing);
  });
  const now = (change: object) => ({
    certificate: held(kubelet),
    serving: undefined,
    cas,
    fresh: false,
    kubeadm: undefined,
    ...change,
  });
  const why = (change: object): unknown => task.diff(now(change))[0]?.before;

  describe("the bootstrap token", () => {
    it("is not needed by a node with a valid certificate", () => {
      expect(asked(task).slice(0, 2)).to.deep.equal([
        `host certificate ${clientCertificate}`,
        `certificate file ${joining.issuers}`,
      ]);
      expect(task.diff(now({}))).to.deep.equal([]);
      expect(task.diff(now({ cas: of(signing) }))).to.deep.equal([]);
    });

    it("warns of certificates that the kubelet should have renewed by now", () => {
      const warned = (change: object): readonly string[] => task.warnings(now(change));
      expect(warned({ serving: held(kubelet) })).to.deep.equal([]);
      const [client, serving] = warned({ certificate: held(kubelet, 12.5), serving: held(kubelet, 29) });
      expect(client).to.match(
        /^The kubelet's client certificate on node-1 expires on \S+, in 12 days, and the kubelet/,
      );
      expect(serving).to.contain("serving certificate on node-1");
    });

    it("is needed if the certificate is missing, has expired, or is from another cluster's CA", () => {
      expect(why({ certificate: undefined })).to.equal("absent");
      expect(why({ certificate: held(kubelet, -1) })).to.match(/^expired on \d{4}-\d\d-\d\d$/);
      expect(why({ certificate: held(stranger) })).to.contain("kubernetes-signing, which is none of the cluster's CAs");
      expect(why({ cas: of(root) })).to.contain("none of the cluster's CAs");
      expect(why({ cas: { type: "absent" } })).to.contain("none of the cluster's CAs");
    });

    it("is not made again while the first can be used", () => {
      for (const certificate of [undefined, held(stranger)])
        expect(task.diff(now({ certificate, fresh: true }))).to.deep.equal([]);
      const bare = now({ certificate: undefined });
      expect(task.diff({ ...bare, ...task.forecast(bare) })).to.deep.equal([]);
      expect(task.effects).to.deep.include({ [`path ${joining.bootstrapKubeconfig}`]: { type: "file", mode: 0o600 } });
    });
  });

  it("loses its old certificates before it gets the token: a kubelet that has a certificate requests none", () => {
    const steps = task.steps(now({ certificate: held(stranger) }));
    expect(steps[2]).to.include({ to: joining.bootstrapKubeconfig, mode: 0o600 });
    const pki = at("pki");
    mkdirSync(pki);
    for (const name of ["kubelet-client-1.pem", "kubelet-client-current.pem", "kubelet-server-current.pem", "kept"])
      writeFileSync(path.join(pki, name), "");
    const script = (steps[1] as string).replaceAll("/var/lib/kubelet/pki", '"$pki"');
    execFileSync("sh", ["-c", script], { env: { ...process.env, pki } });
    expect(readdirSync(pki)).to.deep.equal(["kept"]);
  });

  describe("an existing bootstrap kubeconfig", () => {
    const condition = (): string => idOf(task.needs.fresh!).replace("probe\0", "");
    const holds = (script: string): boolean => {
      try {
        execFileSync("sh", ["-c", script], { stdio: "ignore" });
        return true;
      } catch {
        return false;
      }
    };
    const lay = (server: string, minutes: number): void => {
      writeFileSync(joining.bootstrapKubeconfig, JSON.stringify({ clusters: [{ cluster: { server } }] }));
      const then = new Date(Date.now() - minutes * 60_000);
      utimesSync(joining.bootstrapKubeconfig, then, then);
    };
    for (const [what, server, minutes, expected] of [
      ["can be used while it is new", "https://127.0.0.1:8443", 1, true],
      ["is replaced if it has led to no certificate", "https://127.0.0.1:8443", 4, false],
      ["cannot be used for another port", "https://127.0.0.1:84430", 1, false],
    ] as const)
      it(what, () => {
        lay(server, minutes);
        expect(holds(condition())).to.equal(expected);
      });

    it("is removed once the node has joined", () => {
      const gone = subject(noBootstrapToken("n", joining));
      expect(gone.diff({ file: { type: "file" } })).to.deep.equal([
        { what: "state", before: "present", after: "absent" },
      ]);
      expect(gone.diff(gone.forecast({}))).to.deep.equal([]);
    });

    it("is needed until the node has a valid certificate of this cluster", async () => {
      const old = await issued("system:node:node-1", { ...by(signing), days: 5, now: new Date(Date.now() - 9 * day) });
      const own = at("own.pem");
      const verdict = (certificate: Issued, trusted: readonly Issued[]): boolean => {
        writeFileSync(own, certificate.pem + certificate.keyPem);
        writeFileSync(joining.trusted, trusted.map(({ pem }) => pem).join(""));
        return holds(joined(joining.trusted).replace(clientCertificate, `'${own.replaceAll("'", "'\\''")}'`));
      };
      expect(verdict(kubelet, [root, signing])).to.be.true;
      expect(verdict(stranger, [root, signing])).to.be.false;
      expect(verdict(old, [root, signing])).to.be.false;
    });
  });
});
