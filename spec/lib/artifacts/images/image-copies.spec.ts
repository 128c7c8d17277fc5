import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { imageCopies, type ImageCopiesProps } from "#artifacts/images/image-copies.ts";
import { imageSet } from "#artifacts/images/image-set.ts";
import { noRun, type Step } from "#engine/tasks/resource.ts";
import { failure } from "../helpers.ts";
import { makeFixture, recipeWith, type Fixture } from "./fixture.ts";
import { startRegistry, type Registry } from "./registry.ts";

const images = ["1", "2"].map((tag) => ({ host: "registry.example", repository: "tools/tool", tag }));

describe("an interrupt while images go into a registry", () => {
  let fixture: Fixture;
  let registry: Registry;
  beforeEach(async () => {
    fixture = await makeFixture();
    registry = await startRegistry(path.join(fixture.folder, "registry"));
  });
  afterEach(async () => {
    await registry.close();
    await fixture.remove();
  });

  /** Runs the resource's work on the controller. It is interrupted once `begun`. */
  const interrupted = async (steps: readonly Step[], begun: () => boolean): Promise<string> => {
    const [step] = steps;
    if (typeof step !== "object" || !("onController" in step)) throw new Error("expected work on the controller");
    let isStopping = false;
    const work = step.onController(
      () => undefined,
      () => isStopping,
      noRun,
    );
    const message = failure(work);
    while (!begun()) await sleep(10);
    isStopping = true;
    return message;
  };
  const pids = (): number[] => {
    const file = path.join(fixture.folder, "pids");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map(Number) : [];
  };
  const left = (): string[] => readdirSync(path.join(fixture.folder, "cache/kubeplay/work"));

  it("ends every crane that copies, and leaves nothing half done", async () => {
    await fixture.artifact("crane@1", `#!/bin/sh\necho $$ >> ${fixture.folder}/pids\nexec sleep 60\n`);
    const props: ImageCopiesProps = { registry: registry.address, images, from: { crane: "crane@1/amd64" } };
    const { does } = imageCopies("Copy the tools", props);
    if (!("resource" in does)) throw new Error("image copies are a resource");
    const { resource } = does;
    const now = { there: {}, digests: {} };
    const steps = resource.apply(resource.diff(now, props), now, props);
    expect(await interrupted(steps, () => pids().length === 2)).to.equal(
      `interrupted: 0 of 2 images done. They stay in ${registry.address}: run the same command again.`,
    );
    for (const pid of pids()) expect(() => process.kill(pid, 0), String(pid)).to.throw("ESRCH");
    expect(left()).to.deep.equal([]);
  });

  it("ends a push that the registry does not answer", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    let asked = false;
    registry.hold = () => (asked = true);
    const recipe = { ...recipeWith(""), files: { "/tool": { artifact: "tool@1.0.0/amd64" } } };
    const props = { registry: registry.address, recipes: [recipe] };
    const { does } = imageSet("Push the tool", props);
    if (!("resource" in does)) throw new Error("images are a resource");
    const { resource } = does;
    const now = { images: {}, inputs: {} };
    const steps = resource.apply(resource.diff(now, props), now, props);
    expect(await interrupted(steps, () => asked)).to.match(/^interrupted: 0 of 1 image done/);
    expect(left()).to.deep.equal([]);
  });
});
