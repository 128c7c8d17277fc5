import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { parse, stringify } from "yaml";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { unresolved } from "#artifacts/images/resolve.ts";
import { artifact } from "#engine/queries/artifact.ts";
import { askNow } from "#engine/queries/define.ts";
import { merged } from "kubeplay/kubernetes";
import { cniVariables } from "#cluster/cni.ts";
import { imagesIn } from "#kubernetes/manifests/images-in.ts";
import { template } from "#kubernetes/rendering/helm.ts";
import { cniCilium } from "#roles/cni-cilium/index.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { defaultsOf } from "../setting.ts";
import { taskCalled, tasksOf } from "../tasks-of.ts";

/** The digests that Cilium's release notes of 1.19.7 give. Its official chart has them; that of its Go module has none. */
const digests = {
  cilium: "sha256:1b58bcb81c723cf130a0dd2fb2e1132c57f8fbc2ef7bdb85519cfcc36111c77e",
  operator: "sha256:61e773bfc25a448f1ad3ead605af94b3ef176ba2925cf4bd1b11e09794b72bed",
  relay: "sha256:db4b384d0f6aba261e809d58bee54885c70a7e958173a125ebb215391af55e74",
};
const ofRelease = {
  image: { digest: digests.cilium, useDigest: true },
  operator: { image: { genericDigest: digests.operator, useDigest: true } },
  hubble: { relay: { image: { digest: digests.relay, useDigest: true } } },
};
const defaults = defaultsOf({ ...versionVariables, ...cniVariables });
const envoy = String(defaults.cilium_envoy_image);

describe("the images of Cilium's official chart", function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const [chart, helm] = [
    `cilium-chart@${String(defaults.cilium_version)}/${ownArchitecture}`,
    `helm@${String(defaults.helm_version)}/${ownArchitecture}`,
  ];
  let program = "";
  const official = path.join(folder, "official.tgz");

  before("makes the official chart: that of the module, with the release's digests", async function () {
    const [archive, renderer] = await Promise.all([chart, helm].map((one) => askNow(artifact(one))));
    if (!archive || !renderer) {
      console.log(
        `      skipped: ${chart} or ${helm} is not in the artifact cache (npm run play -- --tags artifacts site)`,
      );
      this.skip();
    }
    program = renderer.file;
    mkdirSync(path.join(folder, "chart"));
    execFileSync("tar", ["-xzf", archive.file, "-C", path.join(folder, "chart")]);
    const values = path.join(folder, "chart/cilium/values.yaml");
    writeFileSync(values, stringify(merged(parse(readFileSync(values, "utf8")), ofRelease)));
    execFileSync("tar", ["-czf", official, "-C", path.join(folder, "chart"), "cilium"]);
  });

  const rendered = async (vars: object): Promise<readonly string[]> => {
    const inventory = { masters: { hosts: { "m-1": { ansible_host: "10.0.0.11" } }, vars } };
    const tasks = tasksOf(cniCilium, { inventory, host: "localhost" });
    const { props } = taskCalled(tasks, "Render its chart");
    const { release, namespace, kubeVersion, values } = props as Parameters<typeof template>[2];
    return imagesIn(await template(program, official, { release, namespace, kubeVersion, values }));
  };

  const tagged = (name: string): string => `quay.io/cilium/${name}:v1.19.7`;
  const bundled = {
    [tagged("cilium")]: digests.cilium,
    [tagged("operator-generic")]: digests.operator,
    [envoy.split("@")[0] ?? ""]: envoy.split("@")[1] ?? "",
  };
  const madeHere = { ...bundled, [tagged("cilium")]: "sha256:aa", [tagged("operator-generic")]: "sha256:bb" };

  it("keep their digests if hosts pull official ones, and all are in a bundle of these", async () => {
    for (const vars of [{}, { images_registry: "r:5000", images_source: "official" }]) {
      const images = await rendered(vars);
      expect(images).to.have.members([
        `${tagged("cilium")}@${digests.cilium}`,
        `${tagged("operator-generic")}@${digests.operator}`,
        envoy,
      ]);
      expect(unresolved(images, bundled)).to.deep.equal([]);
    }
  });

  it("go by their tags if they may be made here, and all are in a bundle of those", async () => {
    const sources = [{ images_source: "build" }, { artifact_source: "directory" }];
    for (const vars of sources) {
      const images = await rendered({ images_registry: "r:5000", ...vars });
      expect(images).to.have.members([tagged("cilium"), tagged("operator-generic"), envoy]);
      expect(unresolved(images, madeHere)).to.deep.equal([]);
    }
  });

  it("would not be found by their digests among images that were made here", async () => {
    expect(unresolved(await rendered({}), madeHere)).to.have.length(2);
  });
});
