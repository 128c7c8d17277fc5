import { expect } from "chai";
import { TaskError } from "#engine/errors.ts";
import { dataPlace, type DataPlace, type WantedPlace } from "#cluster/addon/data-place.ts";
import { placeOf, tiedTo, type Place } from "#cluster/addon/volume.ts";
import { subject } from "../../engine/resources/one-resource.ts";

const folder = { node: "node-1", path: "/var/lib/images" };
const claim = { claim: "registry", node: "node-1" };
const props = { kubeconfig: "/k", addon: "registry", namespace: "registry", workload: "/apis/x", claim: "registry" };
function of(wanted: WantedPlace) {
  const task = dataPlace("Find the images", { ...props, ...wanted });
  const resource = "resource" in task.does ? task.does.resource : undefined;
  return {
    ...subject(task),
    output: (now: object): DataPlace => resource?.output?.(now, task.props, []) as DataPlace,
  };
}
const inUse = (place: Place | undefined, node?: string) => ({
  inUse: { type: "found" as const, place, size: undefined, node },
});

describe("the place of an addon's data", () => {
  it("is the folder or the claim that its pod is tied to", () => {
    expect(placeOf(tiedTo(folder))).to.deep.equal(folder);
    expect(placeOf(tiedTo(claim))).to.deep.equal(claim);
    expect(placeOf(tiedTo({ claim: "logs" }))).to.deep.equal({ claim: "logs" });
    expect(placeOf({ volumes: [{ name: "tmp" }] })).to.equal(undefined);
  });

  it("is a claim for new data, and the folder where data of an earlier version is", () => {
    const { diff, output } = of({ usual: claim, demanded: { node: "node-1" } });
    for (const place of [undefined, folder, claim]) {
      expect(diff(inUse(place))).to.deep.equal([]);
      expect(output(inUse(place))).to.deep.include({ place: place ?? claim });
    }
  });

  it("is the usual one if no API runs yet", () => {
    const { diff, output } = of({ usual: claim, demanded: {} });
    const none = { inUse: { type: "unreachable" as const, why: "it does not run", transient: true } };
    expect(diff(none)).to.deep.equal([]);
    expect(output(none)).to.deep.equal({ place: claim });
  });

  it("is never left behind: another node or folder is an error that names the variables to set", () => {
    const { diff } = of({ usual: folder, demanded: folder });
    expect(() => diff(inUse({ ...folder, node: "node-2" }))).to.throw(
      TaskError,
      /is in node-2:\/var\/lib\/images, but the variables have registry_node: node-1: .* Set registry_node: node-2 to keep it.*registry_state=absent/,
    );
    expect(() => diff(inUse({ node: "n", path: "/old" }))).to.throw(
      /Set registry_node: n and registry_path: \/old to keep/,
    );
    expect(() => diff(inUse(claim))).to.throw(/is in the claim registry, but .* Set registry_path: "" to keep/);
    expect(diff(inUse(folder))).to.deep.equal([]);
  });

  it("is the node of a claim's volume, also if its pod may run anywhere", () => {
    const { diff } = of({ usual: claim, demanded: { node: "node-1" } });
    expect(() => diff(inUse({ claim: "registry" }, "node-2"))).to.throw(/Set registry_node: node-2/);
    expect(diff(inUse({ claim: "registry" }, "node-1"))).to.deep.equal([]);
  });
});
