import { readFileSync } from "node:fs";
import { expect } from "chai";
import { imageSets } from "#artifacts/catalogue/sets.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { ofController } from "#artifacts/catalogue/wanted.ts";
import { recipesFor } from "#artifacts/images/recipes.ts";
import { defaultVersions } from "../upstream/addresses.ts";

const page = readFileSync("docs/images.md", "utf8");
/** The row that begins with the component, in lower case. */
const rowOf = (component: string): string | undefined =>
  page
    .toLowerCase()
    .split("\n")
    .find((line) => line.startsWith("| ") && line.split("|")[1]?.includes(component.toLowerCase()));

describe("the page about what comes from where", () => {
  it("has a row for every image that differs from the official one if it is made here", () => {
    for (const { repository, for: sets, note, standIn } of recipesFor(imageSets, defaultVersions, [ofController()])) {
      if (note === undefined && standIn === undefined) continue;
      const isTest = sets.every((set) => set === "e2e" || set === "samples");
      expect(rowOf(isTest ? "test images" : (repository.split("/").at(-1) ?? "")), repository).not.to.equal(undefined);
    }
  });

  it("names the versions that the variables have by default", () => {
    const commit = defaultVersions.victoria_logs_module_version?.split("-").at(-1) ?? "";
    for (const [component, ...versions] of [
      ["Alertmanager", defaultVersions.alertmanager_version],
      ["VictoriaLogs", defaultVersions.victoria_logs_version, commit],
      ["kube-state-metrics", defaultVersions.kube_state_metrics_version],
    ] as const)
      for (const version of versions) expect(rowOf(component), component).to.contain(version);
  });

  it("names only variables that exist", () => {
    const named = [...page.matchAll(/`(\w+_version)`/g)].map(([, name = ""]) => name);
    expect(named).not.to.be.empty;
    expect(Object.keys(versionVariables)).to.include.members(named);
  });
});
