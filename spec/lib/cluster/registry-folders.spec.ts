import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { hostsToml, mark } from "#roles/containerd/hosts-toml.ts";
import { onlyRegistries } from "#cluster/registry-folders.ts";
import { twice } from "../engine/resources/keep.ts";
import { temporaryFolder } from "../engine/temporary.ts";
import { thisMachine } from "../engine/this-machine.ts";

describe("registries that are no longer listed", () => {
  const folder = temporaryFolder();
  const machine = thisMachine();
  after(() => machine.close());

  const write = (registry: string, text: string, name = "hosts.toml"): void => {
    mkdirSync(`${folder}/${registry}`, { recursive: true });
    writeFileSync(`${folder}/${registry}/${name}`, text);
  };
  const mirror = (registry: string): void =>
    write(registry, hostsToml({ registry, endpoints: ["http://10.0.0.2:5000"] }));
  const only = (...registries: string[]) => twice(machine, onlyRegistries("Only these", { folder, mark, registries }));
  const there = (name: string): boolean => existsSync(`${folder}/${name}`);

  it("are removed with their folders; listed registries stay", async () => {
    ["docker.io", "quay.io", "localhost:5000"].forEach(mirror);
    expect(await only("docker.io")).to.deep.equal(["localhost:5000", "quay.io"]);
    expect(there("docker.io/hosts.toml")).to.equal(true);
    expect(there("quay.io") || there("localhost:5000")).to.equal(false);
  });

  it("stay if others wrote them", async () => {
    write("ghcr.io", '[host."http://192.0.2.1"]\n');
    write("gcr.io", "");
    expect(await only("docker.io")).to.deep.equal([]);
    expect(there("ghcr.io/hosts.toml") && there("gcr.io/hosts.toml")).to.equal(true);
  });

  it("are removed without the files of others in their folders", async () => {
    mirror("quay.io");
    write("quay.io", "a certificate", "ca.crt");
    await only("docker.io");
    expect(there("quay.io/ca.crt")).to.equal(true);
    expect(there("quay.io/hosts.toml")).to.equal(false);
  });

  it("may be all registries, or none", async () => {
    expect(await only()).to.deep.equal(["docker.io"]);
    const empty = onlyRegistries("Only these", { folder: `${folder}/none`, mark, registries: [] });
    expect(await twice(machine, empty)).to.deep.equal([]);
  });

  it("are removed for one mark only, with the files that were written beside hosts.toml", async () => {
    const own = "# Another role's.";
    mirror("docker.io");
    for (const name of ["10.0.0.1:5443", "10.0.0.2:5443"]) {
      write(name, `${own}\n`);
      write(name, "a certificate", "ca.crt");
    }
    const task = onlyRegistries("Only these", {
      folder,
      mark: own,
      registries: ["10.0.0.2:5443"],
      beside: ["ca.crt"],
    });
    expect(await twice(machine, task)).to.deep.equal(["10.0.0.1:5443"]);
    expect(there("10.0.0.1:5443")).to.equal(false);
    expect(there("10.0.0.2:5443/ca.crt") && there("docker.io/hosts.toml")).to.equal(true);
  });
});
