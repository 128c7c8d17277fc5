import { expect } from "chai";
import { TaskError } from "kubeplay";
import { fakeConnection } from "#engine/connection/fake.ts";
import { evaluate } from "#engine/runner/execute/evaluate.ts";
import { checkMode } from "#engine/runner/execute/mode.ts";
import { Overlay } from "#engine/runner/state/overlay.ts";
import { States } from "#engine/runner/state/states.ts";
import type { Resource } from "#engine/tasks/resource.ts";
import type { AnyResource } from "#engine/tasks/task.ts";
import type { ManifestAnswer } from "#cluster/pulls/manifests.ts";
import type { PullableProps } from "#roles/preflight/images/pullable.ts";
import { preflight } from "#roles/preflight/index.ts";
import { taskCalled, tasksOf } from "../../tasks-of.ts";

const inventory = (vars: object = {}) => ({
  masters: { hosts: { "cp-1": { ansible_host: "192.0.2.11" } } },
  all: { vars: { cilium_l7_proxy: false, ...vars } },
});
const name = "Check that the host can pull its images";
const tasks = (vars?: object) => tasksOf(preflight, { inventory: inventory(vars), host: "cp-1" });

describe("preflight's check of images", () => {
  const task = taskCalled(tasks(), name);
  if (!("resource" in task.does)) throw new Error("a resource is expected");
  const resource = task.does.resource as Resource<PullableProps, Record<string, ManifestAnswer>, object, void>;
  const image = (repository: string) => ({ host: "quay.io", repository, tag: "1" });
  const props = { host: "cp-1", images: [image("a"), image("b"), image("c")], mirrors: [], proxy: {} };
  const answered = (...answers: ManifestAnswer[]) =>
    Object.fromEntries(answers.map((answer, index) => [`quay.io/${"abc"[index] ?? ""}:1`, answer]));
  const there: ManifestAnswer = [{ host: "quay.io", status: 200, why: "" }];

  it("names all images that are missing, with what each endpoint said", () => {
    const now = answered(
      there,
      [
        { host: "mirror.example", status: 404, why: "" },
        { host: "quay.io", status: 0, why: "curl: (6) Could not resolve host: quay.io" },
      ],
      [{ host: "quay.io", status: 503, why: "" }],
    );
    expect(() => resource.diff(now, props)).to.throw(
      TaskError,
      /^Images: 2 of 3 images cannot be pulled by this host:\n {2}quay\.io\/b:1: mirror\.example does not have it \(HTTP 404\); quay\.io does not answer \(curl: \(6\) Could not resolve host: quay\.io\)\n {2}quay\.io\/c:1: quay\.io fails \(HTTP 503\)\nSet containerd_mirrors/,
    );
  });

  it("names them in a check too, before anything would be changed", async () => {
    const states = new States(fakeConnection("cp-1", []), new Overlay(), new Overlay());
    const needs = Object.values(resource.needs(props));
    states.forecast(
      needs.map((query) => ({ query, state: [{ host: "quay.io", status: 404, why: "" }] satisfies ManifestAnswer })),
    );
    const options = { states, mode: checkMode, progress: () => undefined, ahead: () => [], showBefore: false };
    const failed: unknown = await evaluate(resource as AnyResource, props, options).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(TaskError);
    expect(String(failed)).to.contain("3 of 3 images cannot be pulled");
  });

  it("accepts images that one endpoint has, and says if it could not ask", () => {
    const later: ManifestAnswer = [{ host: "m", status: 404, why: "" }, ...there];
    expect(resource.diff(answered(there, later, "no program"), props)).to.deep.equal([]);
    expect(resource.warnings?.(answered("no program"), props).join()).to.contain("neither curl nor wget");
    expect(resource.warnings?.(answered(there), props)).to.deep.equal([]);
  });

  it("asks for nothing, and so costs no round trip, if nodes have every image", () => {
    expect(resource.needs({ ...props, images: [] })).to.deep.equal({});
  });

  it("is of the images that site runs, and their own sandbox", () => {
    const names = (vars?: object): string[] => {
      const { images } = taskCalled(tasks(vars), "List the images that no node has yet").props as PullableProps;
      return images.map(({ host, repository }) => `${host}/${repository}`);
    };
    expect(names()).to.include.members(["registry.k8s.io/pause", "quay.io/cilium/cilium"]);
    expect(names().join()).not.to.contain("e2e-test-images");
    expect(names({ containerd_sandbox_image: "r.example/pause:3" }))
      .to.include("r.example/pause")
      .and.not.include("registry.k8s.io/pause");
  });

  it("is left out if this run fills the registry, or if it is ignored", () => {
    const count = (vars: object): number => tasks(vars).filter(({ name }) => name.includes("image")).length;
    expect(count({ images_registry: "r.example:5000" })).to.equal(0);
    expect(count({ preflight_ignore: ["Images"] })).to.equal(0);
    expect(count({})).to.equal(2);
  });
});
