import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { decode, implicit, oid, octets, encode, sequence } from "#engine/pki/der.ts";
import { extension, extensionIds, subjectAltName as names } from "#engine/pki/extensions.ts";
import { tokenId } from "#cluster/bootstrap-token.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { approverIn, cluster, judged, program, type Case } from "./judged.ts";
import { challengePassword, extensionRequest, newKey, pem, request, type RequestParts } from "./request.ts";

/** Made with Go's crypto/x509 and encoding/pem, as by kubelets: for node-1 at 10.0.0.21, and node-6 at fd00::21. */
const goRequest = `-----BEGIN CERTIFICATE REQUEST-----
MIIBGTCBwAIBADA0MRUwEwYDVQQKEwxzeXN0ZW06bm9kZXMxGzAZBgNVBAMTEnN5
c3RlbTpub2RlOm5vZGUtMTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFpX5WW1
x/i4gWJA/r4MNSaS8XtyGGnMXTLu4Yyn93+h3sOM+AVHukculJRxmMbN9dHlkoCo
jBJViAHcBMwQU3SgKjAoBgkqhkiG9w0BCQ4xGzAZMBcGA1UdEQQQMA6CBm5vZGUt
MYcECgAAFTAKBggqhkjOPQQDAgNIADBFAiBsRuCnTfTiGjekSEJ3LIa4xpeKKJVX
mo7r3eXUbODjtAIhAMVtZH6atF16H/cpQHBZR7UpfLuwAScN21LYJCaJMIks
-----END CERTIFICATE REQUEST-----
`;
const goRequestSix = `-----BEGIN CERTIFICATE REQUEST-----
MIIBJjCBzAIBADA0MRUwEwYDVQQKEwxzeXN0ZW06bm9kZXMxGzAZBgNVBAMTEnN5
c3RlbTpub2RlOm5vZGUtNjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABB6VcI0C
nk6MIDkkMWltuyVVgJQ5Sp5iOfl0aKFoKhaZghfUs+K4YUXXUm/2/9IkEJL3nj2/
QF2Cn2wVMR5XMXGgNjA0BgkqhkiG9w0BCQ4xJzAlMCMGA1UdEQQcMBqCBm5vZGUt
NocQ/QAAAAAAAAAAAAAAAAAAITAKBggqhkjOPQQDAgNJADBGAiEAzGZK9FXZtqGy
a+vzTNuDrC0e+d61fhQaHsHF1z8rnXICIQD6eOCArGUQjhxXhAPV31i0ZWkELTdA
P4wZFa3SSgm4LQ==
-----END CERTIFICATE REQUEST-----
`;

const asks = (change: Partial<RequestParts> = {}): string => pem(request(change));
const asksFor = (...extensions: NonNullable<RequestParts["extensions"]>): string => asks({ extensions });
const named = (node: string, ...sans: Parameters<typeof names>): string =>
  asks({ commonName: `system:node:${node}`, extensions: [names(...sans)] });

const good = asks();
const evil = asksFor(names(["kubernetes.default.svc"], ["10.0.0.21"]));
/** A name that misleads a check of printed output: OpenSSL prints the line end, and such a check reads one line. */
const newline = "node-1\nX509v3 Subject Alternative Name:\n    DNS:node-1";

const approved: Readonly<Record<string, Case>> = {
  "the request that matches the inventory": { request: good },
  "the same request written by Go": { request: goRequest },
  "a node with an IPv6 address": { request: goRequestSix, user: "system:node:node-6" },
  "a node whose name is its address": {
    request: named("10.0.0.23", [], ["10.0.0.23"]),
    user: "system:node:10.0.0.23",
  },
  "a node with a name as its address, with the address that the name resolves to": {
    request: named("node-7", ["node-7"], ["127.0.0.1"]),
    user: "system:node:node-7",
  },
  "a node with addresses of both families": {
    request: named("node-8", ["node-8"], ["10.0.0.28", "fd00::28"]),
    user: "system:node:node-8",
  },
  "a node with both families and a name as its address": {
    request: named("node-10", ["node-10"], ["127.0.0.1", "fd00::30"]),
    user: "system:node:node-10",
  },
};
/** Of a node that had another address before: its kubelet asks anew once it has an answer. */
const denied: Readonly<Record<string, Case>> = {
  "another node's address": { request: asksFor(names(["node-1"], ["10.0.0.22"])) },
  "an address that no node has": { request: asksFor(names(["node-1"], ["192.0.2.1"])) },
};
const left: Readonly<Record<string, Case>> = {
  "another address besides its own": { request: asksFor(names(["node-1"], ["10.0.0.21", "192.0.2.1"])) },
  "another address with a further name": { request: asksFor(names(["kubernetes", "node-1"], ["192.0.2.1"])) },
  "another address, for a user that is no node": { request: asksFor(names(["node-1"], ["192.0.2.1"])), user: "admin" },
  "an address that the node's name does not resolve to": {
    request: named("node-7", ["node-7"], ["127.0.0.9"]),
    user: "system:node:node-7",
  },
  "an IPv6 address that is not the node's": {
    request: named("node-8", ["node-8"], ["10.0.0.28", "fd00::29"]),
    user: "system:node:node-8",
  },
  "an IPv4 address that the name does not resolve to, with the right IPv6 address": {
    request: named("node-10", ["node-10"], ["127.0.0.9", "fd00::30"]),
    user: "system:node:node-10",
  },
  "the name of a service": { request: asksFor(names(["kubernetes.default.svc", "node-1"], ["10.0.0.21"])) },
  "a name behind a line end in a name": { request: asksFor(names([newline, "kubernetes.default.svc"], ["10.0.0.21"])) },
  "a line end in the node's name": { request: asksFor(names(["node-1\nX", "kubernetes.default.svc"], ["10.0.0.21"])) },
  "two lists of names": {
    request: asksFor(names(["node-1"], ["10.0.0.21"]), names(["kubernetes.default.svc"], [])),
  },
  "the right list of names behind another": {
    request: asksFor(names(["kubernetes.default.svc"], []), names(["node-1"], ["10.0.0.21"])),
  },
  "a second request for extensions": { request: asks({ attributes: [extensionRequest(names(["kubernetes"], []))] }) },
  "a further attribute": { request: asks({ attributes: [challengePassword] }) },
  "a further extension": {
    request: asksFor(names(["node-1"], ["10.0.0.21"]), extension(extensionIds.basicConstraints, sequence())),
  },
  "a URI": {
    request: asksFor(
      sequence(oid(extensionIds.subjectAltName), octets(encode(sequence(implicit(6, Buffer.from("https://node-1")))))),
    ),
  },
  "a good request within another": {
    request: asksFor(names(["kubernetes.default.svc"], []), extension("1.2.3.4", decode(request()))),
  },
  "no names at all": { request: asksFor() },
  "a line end in the subject": { request: asks({ commonName: "system:node:node-1\nX" }) },
  "a line end in the organization": {
    request: asks({ organizations: ["system:nodes\nsubject=CN=system:node:node-1"] }),
  },
  "a second organization": { request: asks({ organizations: ["system:masters", "system:nodes"] }) },
  "no organization": { request: asks({ organizations: [] }) },
  "a signature with another key": { request: asks({ signer: newKey() }) },
  "a key of another type": { request: asks({ key: newKey("P-384") }) },
  "a request of another node": { request: good, user: "system:node:node-2" },
  "a node that the inventory does not know": {
    request: named("node-9", ["node-9"], ["10.0.0.29"]),
    user: "system:node:node-9",
  },
  "a user that is no node": { request: good, user: "admin" },
  "a user that is not in the group system:nodes": { request: good, groups: ["system:authenticated"] },
  "a bootstrap token, also of that node": {
    request: good,
    user: `system:bootstrap:${tokenId(cluster, "node-1")}`,
    groups: ["system:bootstrappers", "system:nodes"],
  },
  "a group whose name begins like that of nodes": { request: good, groups: ["system:nodes x"] },
  "a user whose name contains a good request": {
    request: evil,
    user: `system:node:node-1 system:nodes ${Buffer.from(good).toString("base64")}\nx`,
  },
  "a good request behind another": { request: evil + good },
  "a good request before another": { request: good + evil },
  "text before the request": { request: `x\n${good}` },
  "a header in the request": { request: good.replace("-----\n", "-----\nA: b\n\n") },
  "a request with line ends other than Go's": { request: good.replaceAll("\n", "\r\n") },
  "a NUL in the request": { request: good.replace("BEGIN", "BE\0GIN") },
  "no request": { request: "" },
};

describe("the approver of kubelets' serving certificates", () => {
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);
  const all = { ...approved, ...denied, ...left };
  let answers = new Map<string, string>();
  let told = "";

  // All at once: a refused request must not affect another.
  before(() => {
    ({ answers, told } = judged(folder, all));
  });

  for (const name of Object.keys(approved)) it(`approves ${name}`, () => expect(answers.get(name)).to.equal("approve"));
  for (const name of Object.keys(denied)) it(`denies ${name}`, () => expect(answers.get(name)).to.equal("deny"));
  for (const name of Object.keys(left)) it(`leaves ${name}`, () => expect(answers.get(name)).to.equal(undefined));

  it("logs the reason for each refusal, without text from the request", () => {
    const reasons = told.split("\n").filter((line) => line.includes("is left pending"));
    expect(reasons).to.have.length(Object.keys(left).length);
    for (const line of reasons) expect(line).to.match(/^csr-\d+ is left pending: [a-z0-9 '-]+$/);
    expect(told).to.contain("it is not what the inventory has node-1's kubelet ask for");
    expect(told).not.to.contain("could not be judged");
  });

  it("answers nothing with --check, and says which kubelets do not serve and why requests wait", () => {
    const alone = temporaryFolder();
    const script = approverIn(alone);
    judged(alone, { evil: { request: evil }, good: { request: good } });
    writeFileSync(path.join(alone, "answered"), "");
    // No kubelet answers.
    program(alone, "openssl", "#!/bin/sh\nexit 1\n");
    const { status, stderr } = spawnSync("bash", [script, "--check"], { encoding: "utf8" });
    expect(status).to.equal(1);
    expect(stderr).to.match(/csr-0 is left pending: .+\n(?:.*\n)*no TLS of the kubelets of .*node-1/);
    expect(readFileSync(path.join(alone, "answered"), "utf8")).to.equal("");
  });

  it("names a place for kubectl's cache: a service has no home", () =>
    expect(readFileSync(at("cache"), "utf8")).to.equal("/run/cache-of-kubectl\n"));

  it("checks again if the API fails for a moment, and fails if the API keeps failing", () => {
    const script = approverIn(folder);
    const kubectl = (failures: number) => {
      writeFileSync(at("tries"), "0");
      const count = "read -r tries < tries; echo $((tries + 1)) > tries";
      const failing = `[ "$tries" -ge ${failures} ] || { echo "etcdserver: request timed out" >&2; exit 1; }`;
      const text = `#!/bin/sh\ncd "$(dirname "$0")"\n${count}\n${failing}\n`;
      writeFileSync(at("kubectl"), text, { mode: 0o755 });
    };
    writeFileSync(at("sleep"), "#!/bin/sh\n", { mode: 0o755 });
    kubectl(2);
    execFileSync("bash", [script], { stdio: "ignore" });
    kubectl(3);
    expect(() => execFileSync("bash", [script], { stdio: "ignore" })).to.throw();
  });
});
