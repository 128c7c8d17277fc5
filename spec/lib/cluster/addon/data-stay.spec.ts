import { expect } from "chai";
import { TaskError } from "#engine/errors.ts";
import { dataStay } from "#cluster/addon/data-stay.ts";
import { folderOf, tiedTo } from "#cluster/addon/volume.ts";
import { subject } from "../../engine/resources/one-resource.ts";

const folder = { node: "node-1", path: "/var/lib/images" };
const { diff } = subject(
  dataStay("See that the images stay", { kubeconfig: "/k", addon: "registry", workload: "/apis/x", folder }),
);

describe("an addon's data", () => {
  it("are in the folder that its pod is tied to", () => {
    expect(folderOf(tiedTo(folder))).to.deep.equal(folder);
    expect(folderOf({ volumes: [{ name: "tmp" }] })).to.equal(undefined);
  });

  it("may be anywhere where there are none yet, and stay where they are", () => {
    expect(diff({ folder: undefined })).to.deep.equal([]);
    expect(diff({ folder })).to.deep.equal([]);
  });

  it("are never left behind: another node or folder is an error that names the variable to set", () => {
    expect(() => diff({ folder: { ...folder, node: "node-2" } })).to.throw(
      TaskError,
      /lie in node-2:\/var\/lib\/images, and node-1:\/var\/lib\/images is wanted.* Set registry_node: node-2 to leave them.*registry_state=absent/,
    );
    expect(() => diff({ folder: { ...folder, path: "/old" } })).to.throw(/Set registry_path: \/old to leave them/);
    expect(() => diff({ folder: { node: "n", path: "/old" } })).to.throw(
      /Set registry_node: n and registry_path: \/old/,
    );
  });
});
