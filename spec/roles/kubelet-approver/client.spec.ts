import { expect } from "chai";
import { tokenId } from "#cluster/bootstrap-token.ts";
import { subjectAltName as names } from "#engine/pki/extensions.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { client, cluster, judged, type Case } from "./judged.ts";
import { challengePassword, newKey, pem, request, type RequestParts } from "./request.ts";

/** Made with Go's crypto/x509 and encoding/pem, as by node-1's kubelet. */
const goRequest = `-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxFTATBgNVBAoTDHN5c3RlbTpub2RlczEbMBkGA1UEAxMSc3lz
dGVtOm5vZGU6bm9kZS0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEoT0KoTKl
wvY7vw9YuP5sRuOn5ArMoAEnrzUaoYyMU1Ap2P9cX5bV0/xb1E2bwM9ENDpVhZmF
Q3ghMBY/LbVEUKAAMAoGCCqGSM49BAMCA0gAMEUCIFmEGMWGCMXC2nNGgbX/i0fq
YyeFQXLSPPmWvPkLLa+DAiEApJW5f2jTnvfUIB3cRlW7TgrIgn1/VXpMLzoKF8J1
IjA=
-----END CERTIFICATE REQUEST-----
`;

const asks = (change: Partial<RequestParts> = {}): string => pem(request({ extensions: undefined, ...change }));
const asksFor = (node: string): string => asks({ commonName: `system:node:${node}` });

/** A request with the bootstrap token of a node; each has a token of its own unless it names one. */
let tokens = 0;
const byToken = (of: string, change: Partial<Case> & { readonly token?: string } = {}): Case => {
  const { token = `x${String((tokens += 1))}`, ...rest } = change;
  return {
    signer: client,
    request: asksFor(of),
    user: `system:bootstrap:${tokenId(cluster, of)}`,
    groups: ["system:bootstrappers", `system:bootstrappers:kubeplay:${token}`, "system:authenticated"],
    ...rest,
  };
};
/** A request with the certificate of a node. */
const byNode = (of: string, change: Partial<Case> = {}): Case => ({
  signer: client,
  request: asksFor(of),
  user: `system:node:${of}`,
  ...change,
});
const stolen = (request: string, change: Partial<Case> = {}): Case => byToken("node-1", { request, ...change });

const approved: Readonly<Record<string, Case>> = {
  "a node that joins with its own token": byToken("node-1"),
  "the same request written by Go": stolen(goRequest),
  "a node whose name is its address": byToken("10.0.0.23"),
  "a node that renews its certificate": byNode("node-1"),
  "another renewal of the same node": byNode("node-1"),
  "a node that joins anew with another token": byToken("node-2", { token: "second" }),
  "the first of two requests with one token, though its name comes later": byToken("node-6", {
    token: "twice",
    number: 10,
  }),
  "a right request after a wrong one with the same token": byToken("node-8", { token: "after", number: 301 }),
};
const left: Readonly<Record<string, Case>> = {
  "a token of node-1 for a master": stolen(asksFor("master-1")),
  "a token of node-1 for another node of the inventory": stolen(asksFor("node-2")),
  "a token of node-1 for a node that the inventory does not know": stolen(asksFor("evil-9")),
  "a token of a node that the inventory does not know": byToken("evil-9"),
  "a token of another cluster's node": stolen(asks(), { user: `system:bootstrap:${tokenId("prod", "node-1")}` }),
  "a token that is not in the group of tokens": stolen(asks(), { groups: ["system:authenticated"] }),
  "a further organization": stolen(asks({ organizations: ["system:nodes", "system:masters"] })),
  "another organization": stolen(asks({ organizations: ["system:masters"] })),
  "no organization": stolen(asks({ organizations: [] })),
  "a name": stolen(asks({ extensions: [names(["node-1"], [])] })),
  "an empty list of extensions": stolen(asks({ extensions: [] })),
  "a further attribute": stolen(asks({ attributes: [challengePassword] })),
  "a line end in the subject": stolen(asks({ commonName: "system:node:node-1\nX" })),
  "a name that begins with the node's": stolen(asksFor("node-10")),
  "another key's signature": stolen(asks({ signer: newKey() })),
  "a key of another type": stolen(asks({ key: newKey("P-384") })),
  "a good request before another": stolen(asks() + asks()),
  "text before the request": stolen(`x\n${asks()}`),
  "usages of a server": stolen(asks(), { usages: ["digital signature", "server auth"] }),
  "a further usage": stolen(asks(), { usages: ["digital signature", "client auth", "server auth"] }),
  "usages of an RSA key": stolen(asks(), { usages: ["digital signature", "key encipherment", "client auth"] }),
  "no usages": stolen(asks(), { usages: [] }),
  "a usage that contains the right ones": stolen(asks(), { usages: ["digital signature client auth"] }),
  "a token that was used before": byToken("node-2", { token: "used" }),
  "the second request with a token": byToken("node-6", { token: "twice", number: 200 }),
  "a wrong request before a right one": byToken("node-8", { token: "after", number: 300, request: asksFor("node-2") }),
  "a renewal for another node": byNode("node-1", { request: asksFor("node-2") }),
  "a renewal of a node that the inventory does not know": byNode("evil-9"),
  "a user called like a node who is not in the group of nodes": byNode("node-1", { groups: ["system:authenticated"] }),
  "an administrator": stolen(asks(), { user: "admin", groups: ["system:masters"] }),
};
const answered: Readonly<Record<string, Case>> = {
  "a request that was approved": byToken("node-2", { token: "used", state: "Approved" }),
  "a request that was denied": byToken("node-2", { token: "second", state: "Denied" }),
  "an approved request that failed": byToken("node-1", { token: "failed", state: "ApprovedFailed" }),
};

describe("the approver of kubelets' client certificates", () => {
  const folder = temporaryFolder();
  let answers = new Map<string, string>();
  let told = "";

  // All at once, with the refused ones first: none must affect another.
  before(() => {
    const later = byToken("node-1", { token: "failed" });
    ({ answers, told } = judged(folder, {
      ...left,
      "a token whose approved request failed": later,
      ...answered,
      ...approved,
    }));
  });

  for (const name of Object.keys(approved)) it(`approves ${name}`, () => expect(answers.get(name)).to.equal("approve"));
  for (const name of Object.keys({ ...left, ...answered }))
    it(`leaves ${name}`, () => expect(answers.get(name)).to.equal(undefined));
  it("leaves a token whose approved request failed", () =>
    expect(answers.get("a token whose approved request failed")).to.equal(undefined));

  it("logs the reason for each refusal, without text from the request", () => {
    const reasons = told.split("\n").filter((line) => line.includes("is left pending"));
    expect(reasons).to.have.length(Object.keys(left).length + 1);
    for (const line of reasons) expect(line).to.match(/^csr-\d+ is left pending: [a-z0-9 .:,'-]+$/);
    expect(told).to.contain("the token of node-2 was already used").and.not.contain("could not be judged");
  });
});
