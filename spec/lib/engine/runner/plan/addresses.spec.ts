import os from "node:os";
import { expect } from "chai";
import { connect } from "#engine/connection/connect.ts";
import { UnreachableError } from "#engine/errors.ts";
import { assumedFacts } from "#engine/facts/assumed.ts";
import type { Facts } from "#engine/facts/types.ts";
import { loadInventory } from "#engine/inventory/load.ts";
import type { Host } from "#engine/inventory/types.ts";
import { withAddresses } from "#engine/runner/plan/addresses.ts";
import { stringify } from "yaml";
import path from "node:path";
import { command, defineRole, play, playbook } from "kubeplay";
import { project, removeProjects } from "../../inventory/project.ts";
import { clear, folder, played } from "../stage.ts";

const inventoryOf = (hosts: object) => {
  const root = project({ "hosts.yaml": stringify({ all: { hosts } }) });
  return loadInventory({ file: path.join(root, "hosts.yaml"), root });
};
const factsWith = (...addresses: Facts["addresses"]): Facts => ({ ...assumedFacts("a"), addresses });

describe("the address of an interface", () => {
  const hosts = { a: { ansible_host: "192.0.2.1", node_interface: "eth1" }, b: { ansible_host: "192.0.2.2" } };
  const two = factsWith(
    { interface: "eth0", address: "192.0.2.1", prefix: 24 },
    { interface: "eth1", address: "fd00::1", prefix: 64 },
    { interface: "eth1", address: "169.254.1.1", prefix: 16 },
    { interface: "eth1", address: "10.0.0.1", prefix: 24 },
    { interface: "eth1", address: "10.0.0.9", prefix: 24 },
  );
  const located = (facts: Facts | undefined, of: object = hosts) =>
    withAddresses(inventoryOf(of), ({ name }: Host) => (name === "a" ? facts : undefined));
  afterEach(removeProjects);

  it("is the first global IPv4 address of it, however the host is looked for", () => {
    const inventory = located(two);
    const found = [inventory.host("a"), inventory.hosts[0], inventory.group("all")[0], inventory.select("a")[0]];
    expect(found.map((host) => host?.address)).to.deep.equal(Array(4).fill("10.0.0.1"));
    expect(inventory.host("b").address).to.equal("192.0.2.2");
  });

  it("counts for nothing where node_address is set", () => {
    expect(located(two, { a: { ...hosts.a, node_address: "203.0.113.1" } }).host("a").address).to.equal("203.0.113.1");
  });

  it("that is not there is an error with those that are", () => {
    const { addresses } = two;
    const inventory = located(factsWith(...addresses.filter(({ address }) => address !== "10.0.0.1").slice(0, 3)));
    expect(() => inventory.host("a").address).to.throw(
      "a has no IPv4 address on an interface eth1 (node_interface), only on eth0 (192.0.2.1)",
    );
  });

  it("of a host that does not answer is an error only where somebody asks for it", () => {
    const inventory = located(undefined);
    expect(inventory.host("a").name).to.equal("a");
    expect(() => inventory.host("a").address).to.throw("a does not answer: set node_address for it");
  });
});

describe("a run where addresses are those of interfaces", () => {
  const device = Object.entries(os.networkInterfaces()).find(([, all]) =>
    all?.some(({ internal, family }) => !internal && family === "IPv4"),
  );
  const [name = "", all = []] = device ?? [];
  const address = all.find(({ family }) => family === "IPv4")?.address;
  const playing = (lost: readonly string[]) => {
    const tell = defineRole({
      name: "tell",
      description: "",
      vars: {},
      tasks: ({ inventory }) => [command(`B is at ${inventory.host("b").address}`, { run: "true" })],
    });
    return played({
      root: folder(),
      playbook: playbook([play({ name: "Tell", hosts: "a", roles: [tell] })]),
      hosts: ["a", "b"],
      vars: { node_interface: name },
      connect: (target) =>
        lost.includes(target.name) ? Promise.reject(new UnreachableError(target.name, "gone")) : connect(target),
    });
  };
  before(function () {
    if (address === undefined) this.skip();
  });
  after(clear);

  it("asks a host for its own that has no part in the play", async () => {
    expect((await playing([])).changes).to.deep.equal([`a: B is at ${address ?? ""}`]);
  });

  it("fails where that one does not answer, and says why", async () => {
    const { code, terminal } = await playing(["b"]);
    expect(code).to.equal(2);
    expect(terminal).to.include(`interface ${name} (node_interface), and b does not answer: set node_address for it`);
  });
});
