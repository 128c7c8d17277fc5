import { expect } from "chai";
import { ownArchitecture } from "#roles/artifacts/wanted.ts";
import { images } from "#roles/images/index.ts";
import { hosts, tasksOf } from "../tasks-of.ts";

describe("the role images", () => {
  it("makes images that the hosts can run, with what the controller can run", () => {
    const architecture = ownArchitecture === "arm64" ? "amd64" : "arm64";
    const inventory = { masters: { hosts: hosts("master-1"), vars: { images_registry: "registry:5000" } } };
    const tasks = tasksOf(images, { inventory, host: "master-1", facts: { architecture } });
    expect(tasks).to.have.length(3);
    for (const { props, once } of tasks) {
      expect(once, "there is one registry for all").to.be.true;
      expect(props).to.have.nested.property("recipe.architecture", architecture);
      expect(props).to.include({ crane: `crane@0.22.1/${ownArchitecture}` });
    }
  });
});
