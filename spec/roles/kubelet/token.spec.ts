import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { tokenId } from "#cluster/bootstrap-token.ts";
import { createToken, deleteToken, timeToLive, tokenSecret, type Tokens } from "#roles/kubelet/token.ts";
import { failureOf } from "../../lib/engine/resources/on-controller.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";

interface Configuration {
  readonly bootstrapTokens: readonly [Readonly<Record<string, unknown>> & { readonly token: string }];
}

describe("a bootstrap token", () => {
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);
  const quoted = (name: string): string => `'${at(name).replaceAll("'", "'\\''")}'`;

  /** A kubeadm that records its arguments and the file that it is given. */
  function kubeadm(ending: string): Tokens {
    writeFileSync(
      at("kubeadm"),
      `#!/bin/sh
echo "$*" >> ${quoted("said")}
echo "$NO_PROXY" > ${quoted("direct")}
[ "$2" = create ] || { ${ending}; exit; }
cp "$4" ${quoted("given")}
stat -c %a "$4" "$(dirname "$4")" > ${quoted("modes")}
dirname "$4" > ${quoted("where")}
${ending}
`,
    );
    chmodSync(at("kubeadm"), 0o755);
    writeFileSync(at("said"), "");
    return { kubeadm: at("kubeadm"), kubeconfig: "/admin.kubeconfig", servers: [] };
  }
  /** So short that a passing failure is reported immediately. */
  const wait = { patience: 0.01, progress: () => undefined, stopping: () => false };
  const given = (): Configuration => JSON.parse(readFileSync(at("given"), "utf8")) as Configuration;
  const read = (name: string): string => readFileSync(at(name), "utf8").trim();

  it("has a constant id for its node, and a new secret each time", () => {
    expect(tokenId("lab", "node-1"))
      .to.match(/^[a-z0-9]{6}$/)
      .and.equal(tokenId("lab", "node-1"));
    expect(new Set(["node-1", "node-2", "node-3"].map((node) => tokenId("lab", node))).size).to.equal(3);
    expect(tokenId("lab", "node-1")).not.to.equal(tokenId("prod", "node-1"));
    expect(tokenSecret())
      .to.match(/^[a-z0-9]{16}$/)
      .and.not.equal(tokenSecret());
  });

  it("lets one kubelet request a certificate, for a limited time", async () => {
    const token = await createToken(kubeadm("exit 0"), { id: "abcdef", description: "kubelet of node-1" }, wait);
    expect(token).to.match(/^abcdef\.[a-z0-9]{16}$/);
    const [{ groups, ...rest } = {}] = given().bootstrapTokens as readonly { groups?: string[] }[];
    expect(rest).to.deep.equal({
      token,
      description: "kubelet of node-1",
      ttl: timeToLive,
      usages: ["authentication"],
    });
    expect(groups?.[0]).to.equal("system:bootstrappers:kubeplay");
  });

  it("has a group of its own, in the form that Kubernetes accepts", async () => {
    const made: string[] = [];
    for (const description of ["one", "two"]) {
      await createToken(kubeadm("exit 0"), { id: "abcdef", description }, wait);
      const [{ groups } = {}] = given().bootstrapTokens as readonly { groups?: string[] }[];
      made.push(groups?.[1] ?? "");
    }
    for (const group of made) expect(group).to.match(/^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/);
    expect(made[0]).not.to.equal(made[1]);
  });

  it("replaces a token that an earlier run left", async () => {
    await createToken(kubeadm("exit 0"), { id: "abcdef", description: "x" }, wait);
    expect(read("said").split("\n")[0]).to.equal("token delete abcdef --kubeconfig /admin.kubeconfig");
  });

  it("is never readable by others", async () => {
    const token = await createToken(kubeadm("exit 0"), { id: "abcdef", description: "x" }, wait);
    expect(read("said")).not.to.contain(token.slice(-16));
    expect(read("modes")).to.equal("600\n700");
    expect(existsSync(read("where"))).to.be.false;
  });

  it("is not in the error message if it cannot be made", async () => {
    const tokens = kubeadm(`cat ${quoted("given")} >&2 2>/dev/null; echo 'connection refused' >&2; [ "$2" = delete ]`);
    const failure = await failureOf(createToken(tokens, { id: "abcdef", description: "kubelet of node-1" }, wait));
    expect(failure).to.contain("no bootstrap token could be made for kubelet of node-1").and.contain("refused");
    expect(failure).not.to.contain(given().bootstrapTokens[0].token.slice(-16));
    expect(existsSync(read("where"))).to.be.false;
  });

  it("may be missing when it is deleted; any other failure is an error", async () => {
    await deleteToken(kubeadm("echo 'bootstrap token abcdef not found' >&2; exit 1"), "abcdef", wait);
    const failure = await failureOf(deleteToken(kubeadm("echo Forbidden >&2; exit 1"), "abcdef", wait));
    expect(failure).to.contain("the bootstrap token abcdef cannot be deleted: Forbidden");
  });

  it("is made and deleted at the API directly, even if the controller has a proxy", async () => {
    // One after the other: a program that is still being written for one call cannot be executed for the other.
    const calls = [
      () => createToken(kubeadm("exit 0"), { id: "abc123", description: "a node" }, wait),
      () => deleteToken(kubeadm("exit 0"), "abc123", wait),
    ];
    for (const call of calls) {
      await call();
      expect(read("direct")).to.equal("*");
    }
  });

  it("is made even if etcd has no leader for a moment, and replaces the token of an earlier attempt", async () => {
    // The first attempt times out, although the token is made.
    const late = `[ -e ${quoted("late")} ] || { touch ${quoted("late")}; echo 'etcdserver: request timed out' >&2; exit 1; }`;
    const tokens = kubeadm(`[ "$2" = delete ] || { ${late}; }`);
    const token = await createToken(tokens, { id: "abcdef", description: "x" }, { ...wait, patience: 20 });
    expect(token).to.match(/^abcdef\./);
    expect(read("said").match(/^token \w+/gm)).to.deep.equal(
      ["delete", "create", "delete", "create"].map((verb) => `token ${verb}`),
    );
    const once = kubeadm("echo 'secrets is forbidden' >&2; exit 1");
    await failureOf(deleteToken(once, "abcdef", { ...wait, patience: 20 }));
    expect(read("said").match(/^token/gm), "what is final").to.have.length(1);
  });
});
