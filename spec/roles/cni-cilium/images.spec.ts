import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { parseDocument } from "yaml";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { unresolved } from "#artifacts/images/resolve.ts";
import { artifact } from "#engine/queries/artifact.ts";
import { askNow } from "#engine/queries/define.ts";
import { cniVariables } from "#cluster/cni.ts";
import { imagesIn } from "#kubernetes/manifests/images-in.ts";
import { template } from "#kubernetes/rendering/helm.ts";
import { cniCilium } from "#roles/cni-cilium/index.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { filesOf, records } from "../../upstream/record.ts";
import { defaultsOf } from "../setting.ts";
import { taskCalled, tasksOf } from "../tasks-of.ts";

/** What the official chart has, and that of the Go module has empty. */
const ofRelease = filesOf(records()).find(({ values }) => values)?.values ?? {};
const digests = {
  cilium: String(ofRelease["image.digest"]),
  operator: String(ofRelease["operator.image.genericDigest"]),
};
const defaults = defaultsOf({ ...versionVariables, ...cniVariables });
const envoy = String(defaults.cilium_envoy_image);

describe("the images of Cilium's official chart", function () {
  this.timeout(600_000);
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
    const filled = parseDocument(readFileSync(values, "utf8"));
    for (const [name, value] of Object.entries(ofRelease)) filled.setIn(name.split("."), value);
    writeFileSync(values, String(filled));
    execFileSync("tar", ["-czf", official, "-C", path.join(folder, "chart"), "cilium"]);
  });

  const rendered = async (vars: object): Promise<readonly string[]> => {
    const inventory = { masters: { hosts: { "m-1": { ansible_host: "10.0.0.11" } }, vars } };
    const tasks = tasksOf(cniCilium, { inventory, host: "localhost" });
    const { props } = taskCalled(tasks, "Render its chart");
    const { release, namespace, kubeVersion, values } = props as Parameters<typeof template>[2];
    return imagesIn(await template(program, official, { release, namespace, kubeVersion, values }));
  };

  const tagged = (name: string): string => `quay.io/cilium/${name}:v${String(defaults.cilium_version)}`;
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
