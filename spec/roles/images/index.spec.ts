import { expect } from "chai";
import { ownArchitecture } from "#roles/artifacts/wanted.ts";
import type { ImagesProps } from "#roles/images/image-set.ts";
import { images } from "#roles/images/index.ts";
import { hosts, tasksOf } from "../tasks-of.ts";

const inventory = { masters: { hosts: hosts("master-1"), vars: { images_registry: "registry:5000" } } };

describe("the role images", () => {
  it("makes images that the hosts can run, with what the controller can run, once", () => {
    const architecture = ownArchitecture === "arm64" ? "amd64" : "arm64";
    const extraVars = [JSON.stringify({ artifact_architectures: [architecture] })];
    const tasks = tasksOf(images, { inventory, host: "master-1", extraVars });
    expect(tasks).to.have.length(1);
    const [task] = tasks;
    expect(task?.once, "there is one registry for all").to.be.true;
    const { recipes, crane } = task?.props as ImagesProps;
    expect(new Set(recipes.map((recipe) => recipe.architecture))).to.deep.equal(new Set([architecture]));
    expect(crane).to.equal(`crane@0.22.1/${ownArchitecture}`);
  });
  it("makes those of the addons that are wanted, and no others", () => {
    const states = { metrics_server_state: "absent", dashboard_state: "absent", kube_prometheus_state: "absent" };
    const extraVars = [JSON.stringify({ cni: "bridge", ...states })];
    const [task] = tasksOf(images, { inventory, host: "master-1", extraVars });
    const { recipes } = task?.props as ImagesProps;
    expect(new Set(recipes.flatMap((recipe) => recipe.for))).to.deep.equal(new Set(["base", "e2e", "logging"]));
    expect(recipes.map(({ repository }) => repository))
      .to.include("victoriametrics/vlagent")
      .and.not.to.include("etcd");
  });
});
