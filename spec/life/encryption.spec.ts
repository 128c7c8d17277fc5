import { existsSync, renameSync } from "node:fs";
import { expect } from "chai";
import { measured } from "../cluster/lab.ts";
import { etcdctl } from "./life-cluster.ts";
import { changes, cluster, folder, loaded, makeCluster, removeLab } from "./rotating-cluster.ts";

const word = "plain-text-in-etcd";
/** The bytes of a Secret as a member of etcd has them. */
const stored = (name: string): Promise<string> =>
  cluster.sure("rot-1", etcdctl(`get /registry/secrets/load/${name} --print-value-only`));
const readBack = async (name: string): Promise<string> =>
  Buffer.from(
    await cluster.kubectl("-n", "load", "get", "secret", name, "-o", "jsonpath={.data.word}"),
    "base64",
  ).toString();
const plant = (name: string): Promise<string> =>
  cluster.kubectl("-n", "load", "create", "secret", "generic", name, `--from-literal=word=${word}`);

describe("encryption at rest, under load", function () {
  before("make a cluster without it", async () => {
    await makeCluster("-e", "encryption_at_rest=false");
    await plant("planted");
    expect(await stored("planted")).to.contain(word);
  });

  after("remove it", removeLab);

  it("is prepared by site on an older cluster, which says what comes next", async () => {
    await cluster.play("--check", "site");
    const foreseen = changes();
    const { output } = await loaded("site prepares encryption", () => cluster.play("site"));
    expect(changes()).to.deep.equal(foreseen);
    expect(output).to.contain("npm run play encryption changes that");
    expect(await stored("planted")).to.contain(word);
  });

  it("is brought to it by the playbook encryption, as --check foretells", async () => {
    await cluster.play("--check", "encryption");
    const foreseen = changes();
    await loaded("encryption", () => cluster.play("encryption"));
    expect(changes()).to.deep.equal(foreseen);
    expect(await stored("planted"))
      .to.match(/^k8s:enc:secretbox:v1:key-1-/)
      .and.not.to.contain(word);
    expect(await readBack("planted")).to.equal(word);
    await cluster.play("encryption");
    expect(changes()).to.deep.equal([]);
    await cluster.play("site");
    expect(changes()).to.deep.equal([]);
  });

  it("gets another key by runs that are killed again and again, and then by one that is not", async () => {
    const rotate = ["-e", "encryption_rotate=true", "encryption"];
    await loaded("encryption_rotate=true, killed again and again", async () => {
      for (let kills = 0; kills < 4; kills++) {
        const seconds = 10 + Math.random() * 40;
        if (!(await cluster.killedAfter(seconds, ...rotate))) break;
        measured("killed with SIGKILL after", seconds);
        expect(await readBack("planted")).to.equal(word);
      }
      measured("until the run ends", (await cluster.play("encryption")).seconds);
    });
    expect(await stored("planted")).to.match(/^k8s:enc:secretbox:v1:key-2-/);
    await cluster.play("encryption");
    expect(changes()).to.deep.equal([]);
  });

  it("is refused while a master is left out, or not well, and changes nothing", async () => {
    const rotate = ["-e", "encryption_rotate=true"];
    const left = await cluster.tryPlay(...rotate, "--limit", "rot-1:localhost", "encryption");
    expect(left.code, left.output).to.equal(2);
    expect(left.output).to.contain("not every host reads by the new key: rot-2, rot-3");
    await cluster.play("encryption");
    await cluster.sure("rot-3", "systemctl stop etcd");
    try {
      const { code, output } = await cluster.tryPlay(...rotate, "encryption");
      expect(code, output).to.equal(2);
      expect(output).to.contain("the member of etcd on rot-3 is not healthy");
    } finally {
      await cluster.sure("rot-3", "systemctl start etcd");
    }
    expect(await readBack("planted")).to.equal(word);
  });

  it("is refused if the controller has lost the key, and says where it is", async () => {
    const [file, aside] = [`${folder}/pki/encryption.yaml`, `${folder}/encryption.yaml`];
    renameSync(file, aside);
    const { code, output } = await cluster.tryPlay("site");
    expect(existsSync(file), "a new key").to.equal(false);
    renameSync(aside, file);
    expect(code, output).to.equal(2);
    expect(output).to.match(/encrypts secrets with key-\d-\w+, which \S+encryption\.yaml does not have/);
    expect(output).to.contain("copy /etc/kubernetes/pki/encryption.yaml of this host there");
    expect(await readBack("planted")).to.equal(word);
  });
});
