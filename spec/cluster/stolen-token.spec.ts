import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { tokenId } from "#cluster/bootstrap-token.ts";
import { kubeconfigPath } from "#cluster/paths.ts";
import { subjectAltName } from "#engine/pki/extensions.ts";
import { artifactFile } from "#engine/queries/artifact.ts";
import { createToken, deleteToken } from "#roles/kubelet/token.ts";
import { newKey } from "../roles/kubelet-approver/request.ts";
import { defaultsOf } from "../roles/setting.ts";
import { ask, read, servingSigner, type Asker, type Wish } from "./certificate-requests.ts";
import { clusterName, eventually, kubectl, masters, measured } from "./lab.ts";

const server = `https://${masters[0] ?? ""}:6443`;
const wait = { patience: 60, progress: () => undefined, stopping: () => false };

describe("a stolen bootstrap token of node-1", () => {
  const made: string[] = [];
  const key = newKey();
  let kubeadm = "";
  let token = "";
  let certificate = "";

  const tokens = () => ({ kubeadm, kubeconfig: kubeconfigPath(clusterName, "super-admin"), servers: [server] });
  const tokenOf = (node: string): Promise<string> =>
    createToken(tokens(), { id: tokenId(clusterName, node), description: `spec of ${node}` }, wait);

  /** Asks, and resolves to the name of the request. */
  async function asked(asker: Asker, node: string, wish: Wish = {}): Promise<string> {
    const { status, body } = await ask(server, asker, node, wish);
    expect(status, JSON.stringify(body)).to.equal(201);
    const name = body.metadata?.name ?? "";
    made.push(name);
    return name;
  }

  /** Asks as a kubelet does that may, and waits until it has the certificate. */
  async function granted(asker: Asker, node: string, ownKey = newKey()): Promise<string> {
    const started = Date.now();
    const name = await asked(asker, node, { parts: { key: ownKey, signer: ownKey } });
    for (;;) {
      const { body } = await read(server, asker, name);
      const found = body.status?.certificate;
      if (found !== undefined) {
        measured("from the request to the certificate", (Date.now() - started) / 1000);
        return Buffer.from(found, "base64").toString();
      }
      if (Date.now() - started > 60_000) throw new Error(`${name} has no certificate after 60 s`);
      await sleep(50);
    }
  }

  async function expectPending(asker: Asker, ...names: readonly string[]): Promise<void> {
    for (const name of names) expect((await read(server, asker, name)).body.status, name).to.deep.equal({});
  }

  before(async () => {
    kubeadm = await artifactFile(
      `kubeadm@${String(defaultsOf(versionVariables).kubernetes_version)}/${ownArchitecture}`,
    );
    token = await tokenOf("node-1");
  });
  after(async () => {
    for (const node of ["node-1", "node-2"]) await deleteToken(tokens(), tokenId(clusterName, node), wait);
    await kubectl("delete", "csr", "--ignore-not-found", ...made);
  });

  it("gets no certificate of others, or of another kind, while node-1 gets its own", async () => {
    const others = [
      await asked({ token }, "master-1"),
      await asked({ token }, "node-2"),
      await asked({ token }, "evil-9"),
      await asked({ token }, "node-1", { parts: { organizations: ["system:nodes", "kubeadm:cluster-admins"] } }),
      await asked({ token }, "node-1", { parts: { extensions: [subjectAltName(["master-1"], [])] } }),
      await asked({ token }, "node-1", {
        signer: servingSigner,
        parts: { extensions: [subjectAltName(["node-1"], ["10.187.0.21"])] },
      }),
      await asked({ token }, "node-1", { usages: ["digital signature", "key encipherment", "client auth"] }),
    ];
    // The approver judges all that wait, in the order in which they were made.
    certificate = await granted({ token }, "node-1", key);
    await expectPending({ token }, ...others);
  });

  it("gets nothing once node-1 has its certificate", async () => {
    const second = await asked({ token }, "node-1");
    await granted({ token: await tokenOf("node-2") }, "node-2");
    await expectPending({ token }, second);
  });

  it("gets nothing for another node by that certificate, which renews itself alone", async () => {
    const asker = { cert: certificate, key: key.export({ type: "pkcs8", format: "pem" }).toString() };
    expect((await ask(server, asker, "node-2")).status).to.equal(403);
    await granted(asker, "node-1");
  });

  it("is refused after the run has removed it", async () => {
    await deleteToken(tokens(), tokenId(clusterName, "node-1"), wait);
    // API servers remember a token for some seconds.
    await eventually(60, async () => {
      expect((await read(server, { token }, made[0] ?? "")).status).to.equal(401);
    });
  });
});
