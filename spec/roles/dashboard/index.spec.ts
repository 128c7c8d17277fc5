import { expect } from "chai";
import { objects } from "#roles/dashboard/objects.ts";

const all = objects("headlamp:1", 1);
const bindings = all
  .filter(({ kind }) => kind === "ClusterRoleBinding")
  .map(({ subjects, roleRef }) => [(subjects as { name: string }[])[0]?.name, (roleRef as { name: string }).name]);

describe("the dashboard", () => {
  it("may do nothing by itself: whoever signs in brings their own rights", () =>
    expect(bindings.map(([account]) => account)).not.to.include("headlamp"));

  it("has one user who looks and one who may do everything", () =>
    expect(bindings).to.have.deep.members([
      ["dashboard-viewer", "view"],
      ["dashboard-viewer", "kubeplay:dashboard-viewer"],
      ["dashboard-admin", "cluster-admin"],
    ]));

  it("shows its viewer no Secret and lets them change nothing", () => {
    const { rules } = all.find(({ kind }) => kind === "ClusterRole") as unknown as {
      rules: { resources: string[]; verbs: string[] }[];
    };
    expect(rules.flatMap(({ resources }) => resources)).not.to.include("secrets");
    expect(new Set(rules.flatMap(({ verbs }) => verbs))).to.deep.equal(new Set(["get", "list", "watch"]));
  });
});
