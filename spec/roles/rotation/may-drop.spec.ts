import { expect } from "chai";
import { mayDrop, objections, safeFrom } from "#roles/rotation/may-drop.ts";
import { legacyTokens, tokenPods, type Reliance } from "#roles/rotation/reliance.ts";
import { subject } from "../../lib/engine/resources/one-resource.ts";

const since = "2026-11-30T12:00:00.000Z";
const at = (time: string): Date => new Date(`2026-11-30T${time}Z`);
const sha256 = "ab".repeat(32);
const keyId = Buffer.from(sha256, "hex").toString("base64url");
const previousKey = { type: "key", publicKey: sha256 } as const;

const pod = (name: string, startTime: string | undefined, ...seconds: readonly (number | undefined)[]) => ({
  metadata: { namespace: "shop", name },
  spec: {
    volumes: [
      {},
      {
        projected: {
          sources: seconds.map((expirationSeconds) => ({
            serviceAccountToken: { ...(expirationSeconds !== undefined && { expirationSeconds }) },
          })),
        },
      },
    ],
  },
  status: { ...(startTime !== undefined && { startTime }), phase: "Running" },
});

const found = (change: Partial<Reliance> = {}): Reliance => ({ type: "reliance", pods: [], tokens: [], ...change });
const why = (name: Parameters<typeof objections>[1], change: Partial<Reliance>, now: string, from?: string) =>
  objections({ since: from, previousKey, found: found(change) }, name, at(now)).join("\n");

describe("what relies on an old CA or key", () => {
  it("are pods with tokens that have not ended, with the longest life of their tokens", () => {
    const done = { ...pod("done", since, 600), status: { phase: "Succeeded" } };
    const none = { ...pod("none", since), spec: {} };
    expect(tokenPods([pod("web", since, undefined, 7200), pod("new", undefined, 600), done, none])).to.deep.equal([
      { name: "shop/web", since, tokenSeconds: 7200 },
      { name: "shop/new", since: undefined, tokenSeconds: 600 },
    ]);
    expect(tokenPods([pod("usual", since, undefined)])[0]?.tokenSeconds).to.equal(3607);
    const going = pod("going", since, 600);
    expect(tokenPods([{ ...going, metadata: { ...going.metadata, deletionTimestamp: since } }])).to.deep.equal([]);
  });

  it("are tokens in Secrets, of which nothing but the key's id is kept", () => {
    const token = [{ alg: "RS256", kid: keyId }, { sub: "x" }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .concat("signature")
      .join(".");
    const metadata = { namespace: "ci", name: "deployer" };
    const data = { token: Buffer.from(token).toString("base64") };
    const tokens = legacyTokens([{ metadata, data }, { metadata }, { metadata, data: { token: "cnViYmlzaA==" } }]);
    expect(tokens).to.deep.equal([{ name: "ci/deployer", keyId }]);
  });
});

describe("the drop of an old CA or key", () => {
  it("is refused while the old one still issues, and no work if it is dropped already", () => {
    const props = { kubeconfig: "/k", servers: [], name: "etcd-ca", path: "/p/etcd-ca.crt", record: "/p/r" } as const;
    const { diff } = subject(mayDrop("d", { ...props, anyway: true }));
    const now = { since: undefined, previous: undefined, previousKey: { type: "absent" }, found: found() };
    expect(() => diff({ ...now, next: { sha256 } })).to.throw("its rotation is under way. Continue it: npm run play");
    expect(diff({ ...now, next: undefined })).to.deep.equal([]);
  });

  it("is refused before every host uses the new one", () => {
    for (const name of ["etcd-ca", "kubernetes-ca", "service-account"] as const)
      expect(why(name, {}, "13:00:00")).to.contain(`not ended on every host: npm run play -- -e rotate=${name} certs`);
  });

  it("is refused for the cluster's CA while pods are older than the rotation, and for no other CA", () => {
    const pods = tokenPods([pod("old", "2026-11-30T11:59:00Z", 600), pod("young", "2026-11-30T12:00:01Z", 600)]);
    expect(why("kubernetes-ca", { pods }, "23:00:00", since))
      .to.contain("shop/old.")
      .and.not.contain("young");
    expect(why("kubernetes-ca", { pods: pods.slice(1) }, "12:01:00", since)).to.equal("");
    expect(why("etcd-ca", { pods }, "12:01:00", since)).to.equal("");
  });

  it("is refused for the key of tokens until the last one ends, and says from when it is safe", () => {
    const pods = tokenPods([pod("old", "2026-11-30T11:00:00Z", 7200), pod("young", "2026-11-30T12:30:00Z", 86_400)]);
    expect(safeFrom(new Date(since), { pods })).to.deep.equal(at("14:00:00"));
    expect(safeFrom(new Date(since), { pods: [] })).to.deep.equal(at("13:00:07"));
    expect(why("service-account", { pods }, "13:30:00", since)).to.contain(
      "until 2026-11-30T14:00:00.000Z: from then on it is safe, in 30 minutes",
    );
    expect(why("service-account", { pods }, "14:00:00", since)).to.equal("");
  });

  it("is refused for the key of tokens while a Secret has one by it", () => {
    const tokens = [
      { name: "ci/old", keyId },
      { name: "ci/new", keyId: "other" },
    ];
    expect(why("service-account", { tokens }, "20:00:00", since))
      .to.contain("ci/old.")
      .and.not.contain("ci/new");
  });
});
