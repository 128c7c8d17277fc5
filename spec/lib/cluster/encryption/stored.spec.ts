import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { isHostQuery } from "#engine/queries/define.ts";
import { quote } from "#engine/shell/quote.ts";
import { storedObjects } from "#cluster/encryption/stored.ts";
import { temporaryFolder } from "../../engine/temporary.ts";

describe("the objects that etcd has", () => {
  const root = temporaryFolder();
  const etcdctl = path.join(root, "etcdctl");
  const query = storedObjects({ resource: "secrets", etcdctl, endpoint: "https://127.0.0.1:2379", seconds: 300 });
  /** What the query finds, and all that leaves the host, if etcdctl prints these lines. */
  const ask = (printed: string, code = 0) => {
    writeFileSync(path.join(root, "printed"), printed);
    const end = code === 0 ? "" : "echo '{\"level\":\"warn\"}' >&2; echo 'Error: context deadline exceeded' >&2";
    writeFileSync(
      etcdctl,
      `#!/bin/sh\necho "$@" > ${quote(path.join(root, "asked"))}\ncat ${quote(path.join(root, "printed"))}\n${end}\nexit ${String(code)}\n`,
    );
    chmodSync(etcdctl, 0o755);
    if (!isHostQuery(query.of)) throw new Error("it is asked on a host");
    const { stdout } = spawnSync("bash", ["-c", query.of.ask([query.key])], { encoding: "utf8" });
    const read = query.of.parse;
    return { stdout, found: () => read(stdout, [query.key]).get(query.key) };
  };
  /** As `etcdctl get --prefix -w fields` prints an object. */
  const object = (key: string, value: string): string =>
    `"Key" : ${JSON.stringify(key)}\n"CreateRevision" : 4\n"ModRevision" : 4\n"Version" : 1\n"Value" : ${value}\n"Lease" : 0\n`;

  it("are listed with the key that encrypts each, and nothing of them leaves the host", () => {
    const { stdout, found } = ask(
      `"ClusterID" : 1\n"Revision" : 9\n${object("/registry/secrets/default/a", String.raw`"k8s\x00\n\f\n\x02v1 secret \"Key\" : \"/registry/secrets/x/y\" word"`)}${object("/registry/secrets/kube-system/b.c-1", String.raw`"k8s:enc:secretbox:v1:key-1-5f0e3a91:\xb4\"Value\" : \"k8s:enc:aesgcm:v1:other:"`)}"More" : false\n"Count" : 2\n`,
    );
    expect(found()).to.deep.equal([
      { namespace: "default", name: "a", by: "identity" },
      { namespace: "kube-system", name: "b.c-1", by: "secretbox key-1-5f0e3a91" },
    ]);
    expect(stdout).not.to.contain("word");
  });

  it("may be encrypted by what kubeplay does not set up, and are not taken for plain text then", () => {
    const printed = object("/registry/secrets/default/a", String.raw`"k8s:enc:kms:v2:vault:\xb4"`);
    expect(ask(printed).found()).to.deep.equal([{ namespace: "default", name: "a", by: "kms vault" }]);
  });

  it("may be none", () => expect(ask('"ClusterID" : 1\n"More" : false\n"Count" : 0\n').found()).to.deep.equal([]));

  it("are not taken for none if etcd does not answer, which says why", () => {
    for (const printed of ["", object("/registry/secrets/default/a", '"k8s"')])
      expect(ask(printed, 1).found).to.throw("etcd does not list its objects: Error: context deadline exceeded");
  });

  it("may be many: etcd has longer to list them than etcdctl waits by itself, 5 s", () => {
    ask("");
    expect(readFileSync(path.join(root, "asked"), "utf8")).to.contain("--command-timeout=300s");
  });
});
