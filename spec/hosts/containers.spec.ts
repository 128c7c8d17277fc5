import { expect } from "chai";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { containerHost, type ContainerHost } from "kubeplay/testing";
import { connect } from "#engine/connection/connect.ts";
import { loadInventory } from "#engine/inventory/load.ts";
import { labImageName } from "#roles/lab/image.ts";
import { temporaryFolder } from "../lib/engine/temporary.ts";
import { kubeplay } from "../engine/ansible.ts";
import "./lab/host.ts";

describe("a container that the inventory names", function () {
  this.timeout(600_000);
  const root = temporaryFolder();
  const file = path.join(root, "hosts.yaml");
  let container: ContainerHost;
  before(async () => (container = await containerHost({ image: labImageName, args: ["--network=none"] })));
  after(() => container.remove());

  const inventory = (vars: object) => {
    const hosts = { app: { ansible_connection: "podman", ansible_host: container.name, ...vars } };
    writeFileSync(file, JSON.stringify({ all: { hosts } }));
    return loadInventory({ file, root });
  };
  async function said(vars: object, command: string): Promise<string> {
    const writer = await connect(inventory(vars).target("app"));
    try {
      return (await writer.run(command)).stdout.trim();
    } finally {
      await writer.close();
    }
  }

  it("is reached without SSH, as its own user or the one that is named", async () => {
    expect(await said({}, "id -un; hostname")).to.match(/^root\n[0-9a-f]{12}$/);
    expect(await said({ ansible_user: "daemon" }, "id -un")).to.equal("daemon");
    const become = { ansible_become: true, ansible_become_user: "games", ansible_become_method: "su" };
    expect(await said(become, "id -un")).to.match(/^games$/);
  });

  it("is played as any other host, and unreachable if it does not run", async () => {
    inventory({});
    const playbook = path.join(root, "playbooks/site.ts");
    mkdirSync(path.dirname(playbook));
    writeFileSync(
      playbook,
      `import { defineRole, file, play, playbook } from "kubeplay";
const tasks = () => [file("Write a file", { dest: "/srv/file", content: "it's here\\n" })];
const one = defineRole({ name: "one", description: "", vars: {}, tasks });
export default playbook([play({ name: "One", hosts: "app", roles: [one] })]);
`,
    );
    const play = () => kubeplay([playbook], { cwd: root });
    const first = await play();
    expect(first.code, first.stdout + first.stderr).to.equal(0);
    expect(await container.on("cat /srv/file")).to.equal("it's here");
    expect((await play()).stdout).to.contain("changed=0");
    inventory({ ansible_host: "kubeplay-no-such" });
    const lost = await play();
    expect(lost.code).to.equal(4);
    expect(lost.stdout + lost.stderr).to.contain("kubeplay-no-such");
  });
});
