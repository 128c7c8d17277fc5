import { expect } from "chai";
import { manifest } from "#kubernetes/manifests/manifest.ts";
import { kubeconfigPath } from "#cluster/paths.ts";
import { keep, namesOf, twice } from "../lib/engine/resources/keep.ts";
import { thisMachine } from "../lib/engine/this-machine.ts";
import { clusterName, kubectl } from "./lab.ts";

describe("the resource manifest, on a real API", () => {
  const machine = thisMachine();
  after(() => machine.close());
  const access = { kubeconfig: kubeconfigPath(clusterName, "super-admin") };
  const metadata = { name: "kubeplay-spec-motd", namespace: "default" };
  const motd = (text: string, state?: "absent") =>
    manifest("Keep it", {
      ...access,
      manifest: { apiVersion: "v1", kind: "ConfigMap", metadata, data: { text } },
      ...(state && { state }),
    });
  const get = async (path: string) =>
    (await kubectl("get", "configmap", metadata.name, "--ignore-not-found", "-o", `jsonpath={${path}}`)).output;

  before(() => kubectl("delete", "configmap", metadata.name, "--ignore-not-found"));

  it("is applied once, and again after somebody changed the object", async () => {
    expect(await twice(machine, motd("hello"))).to.deep.equal(["object"]);
    expect(await get(".data.text")).to.equal("hello");
    await kubectl("patch", "configmap", metadata.name, "-p", '{"data":{"text":"bye","more":"mine"}}');
    expect(await twice(machine, motd("hello"))).to.deep.equal(["object"]);
    expect(await get(".data.text"), "what it names is set right").to.equal("hello");
    expect(await get(".data.more"), "fields that it does not name stay").to.equal("mine");
  });

  it("reports a field that the API does not know", async () => {
    const wrong = manifest("Keep it", {
      ...access,
      manifest: { apiVersion: "v1", kind: "ConfigMap", metadata, dta: { text: "x" } },
    });
    const error = await keep(machine, wrong).catch((error: unknown) => String(error));
    expect(error).to.include("dta");
  });

  it("is deleted", async () => {
    expect(namesOf(await keep(machine, motd("", "absent")))).to.deep.equal(["state"]);
    expect(await get(".metadata.name")).to.equal("");
    expect(await keep(machine, motd("", "absent"))).to.deep.equal([]);
  });
});
