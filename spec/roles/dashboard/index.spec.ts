import { expect } from "chai";
import type { ManifestsProps } from "#kubernetes/manifests/manifests.ts";
import { dashboard } from "#roles/dashboard/index.ts";
import { hosts, tasksOf } from "../tasks-of.ts";

const objects = (...extraVars: string[]) => {
  const inventory = { masters: { hosts: hosts("master-1") } };
  const [task] = tasksOf(dashboard, { inventory, host: "localhost", extraVars });
  return (task?.props as ManifestsProps).objects!;
};
const bindings = (...extraVars: string[]) =>
  objects(...extraVars)
    .filter(({ kind }) => kind === "ClusterRoleBinding")
    .map(({ subjects, roleRef }) => [(subjects as { name: string }[])[0]?.name, (roleRef as { name: string }).name]);
const accounts = (...extraVars: string[]) =>
  objects(...extraVars)
    .filter(({ kind }) => kind === "ServiceAccount")
    .map(({ metadata }) => metadata.name);
const viewer = [
  ["dashboard-viewer", "view"],
  ["dashboard-viewer", "kubeplay:dashboard-viewer"],
];

describe("the dashboard", () => {
  it("has no rights of its own: people who sign in bring theirs", () =>
    expect(bindings("dashboard_admin=true").map(([account]) => account)).not.to.include("headlamp"));

  it("has one user, with read access", () => {
    expect(accounts()).to.have.members(["headlamp", "dashboard-viewer"]);
    expect(bindings()).to.have.deep.members(viewer);
  });

  it("has a user with all rights only if dashboard_admin is set", () => {
    expect(accounts("dashboard_admin=true")).to.have.members(["headlamp", "dashboard-viewer", "dashboard-admin"]);
    expect(bindings("dashboard_admin=true")).to.have.deep.members([...viewer, ["dashboard-admin", "cluster-admin"]]);
  });

  it("gives its viewer neither Secrets nor write access", () => {
    const { rules } = objects().find(({ kind }) => kind === "ClusterRole") as unknown as {
      rules: { resources: string[]; verbs: string[] }[];
    };
    expect(rules.flatMap(({ resources }) => resources)).not.to.include("secrets");
    expect(new Set(rules.flatMap(({ verbs }) => verbs))).to.deep.equal(new Set(["get", "list", "watch"]));
  });
});
