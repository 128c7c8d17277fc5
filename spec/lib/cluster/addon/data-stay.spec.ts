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
  it("is in the folder that its pod is tied to", () => {
    expect(folderOf(tiedTo(folder))).to.deep.equal(folder);
    expect(folderOf({ volumes: [{ name: "tmp" }] })).to.equal(undefined);
  });

  it("may be in any folder at first, and stays in the folder where it is", () => {
    expect(diff({ folder: undefined })).to.deep.equal([]);
    expect(diff({ folder })).to.deep.equal([]);
  });

  it("is never left behind: another node or folder is an error that names the variable to set", () => {
    expect(() => diff({ folder: { ...folder, node: "node-2" } })).to.throw(
      TaskError,
      /is in node-2:\/var\/lib\/images, but node-1:\/var\/lib\/images is configured.* Set registry_node: node-2 to keep it.*registry_state=absent/,
    );
    expect(() => diff({ folder: { ...folder, path: "/old" } })).to.throw(/Set registry_path: \/old to keep it/);
    expect(() => diff({ folder: { node: "n", path: "/old" } })).to.throw(
      /Set registry_node: n and registry_path: \/old/,
    );
  });
});
