import { expect } from "chai";
import { defineRole, directory, file, link, packages, play, playbook, type Task } from "kubeplay";
import { clear, folder, played } from "../../runner/stage.ts";

const absent = { state: "absent" } as const;
/** Of a package that nobody has. */
const own = "/etc/kubeplay-specs";
const install = packages("Install it", { names: ["kubeplay-specs"] });

describe("what a package may bring, in a check", () => {
  after(clear);
  const checked = async (...tasks: readonly Task[]) => {
    const role = defineRole({ name: "one", description: "", vars: {}, tasks: () => tasks });
    const plays = playbook([play({ name: "One", hosts: "all", roles: [role] })]);
    const { changes, terminal } = await played({
      root: folder(),
      playbook: plays,
      options: { check: true, diff: true },
    });
    return { changes: changes.map((one) => one.replace("a: ", "")), terminal };
  };

  it("is only known later, if it is to be removed from a folder that the package brings", async () => {
    const tasks = [
      file("Remove its file", { dest: `${own}/conf.d/default`, ...absent }),
      link("Remove its link", { dest: `${own}/link`, ...absent }),
      directory("Remove its folder", { path: `${own}/sites`, ...absent }),
    ];
    const { changes, terminal } = await checked(install, ...tasks);
    expect(changes).to.deep.equal(["Install it", "Remove its file", "Remove its link", "Remove its folder"]);
    expect(terminal).to.match(/changed: \[a\] => \S+default\nknown after apply\n/);
    expect((await checked(...tasks)).changes, "without a package").to.deep.equal([]);
  });

  it("is nothing in a folder that is there or made, and where packages bring nothing", async () => {
    const { changes } = await checked(
      install,
      file("Remove a file", { dest: "/etc/kubeplay-specs.conf", ...absent }),
      file("Remove what is local", { dest: "/usr/local/kubeplay-specs/file", ...absent }),
      file("Remove what is optional", { dest: "/opt/kubeplay-specs/file", ...absent }),
      directory("Make the folder", { path: own }),
      file("Remove an old file of ours", { dest: `${own}/old`, ...absent }),
    );
    expect(changes).to.deep.equal(["Install it", "Make the folder"]);
  });
});
