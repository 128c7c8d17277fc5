import { expect } from "chai";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { problemsOf } from "#roles/preflight/checks.ts";
import type { FitnessProps } from "#roles/preflight/fitness.ts";
import { preflight } from "#roles/preflight/index.ts";
import { hosts, tasksOf } from "../tasks-of.ts";
import { good } from "./good.ts";

/** The problems that preflight reports about a host's variables. */
const problems = (inventory: object, architecture: string = ownArchitecture): readonly string[] =>
  tasksOf(preflight, { inventory, host: "cp-1" }).flatMap(({ props }) => {
    if (!("wanted" in props)) return [];
    const { wanted } = props as FitnessProps;
    return problemsOf({ ...good, ...wanted, facts: { ...good.facts, architecture } }, ["Address", "OwnAddress"]);
  });

describe("the role preflight", () => {
  const cp = { "cp-1": { ansible_host: "192.0.2.11" } };

  it("is part of a run with --tags that makes certificates", () => {
    expect(preflight.tags).to.include("pki");
    expect(preflight.with({ preflight_versions: "upgraded" }).tags).to.include("pki");
  });

  it("looks at the keys of encryption in a run with --tags kube-apiserver, which replaces them", () => {
    const tasks = tasksOf(preflight, { inventory: { masters: { hosts: cp } }, host: "cp-1" });
    const named = tasks.filter(({ tags }) => tags.includes("kube-apiserver")).map(({ name }) => name);
    expect(named).to.deep.equal(["Check that the controller has the keys of encryption at rest"]);
  });

  it("compares versions as site does, but for those of an upgrade and its rollback", () => {
    const mode = (role: typeof preflight, rollback: boolean) =>
      tasksOf(role, { inventory: { masters: { hosts: cp } }, host: "cp-1", extraVars: [JSON.stringify({ rollback })] })
        .flatMap(({ props }) => ("wanted" in props ? [(props as FitnessProps).wanted.versions.mode] : []))
        .at(0);
    const upgraded = preflight.with({ preflight_versions: "upgraded" });
    expect([mode(preflight, true), mode(upgraded, false), mode(upgraded, true)]).to.deep.equal([
      "kept",
      "upgraded",
      "before",
    ]);
  });

  it("accepts cluster variables that are set for all hosts and the controller", () => {
    expect(problems({ masters: { hosts: cp }, all: { vars: { cluster_name: "east", service_cidr: "10.1.0.0/16" } } }))
      .to.be.empty;
  });

  it("reports cluster variables that are set for one group only, because the certificates would not match", () => {
    const masters = { hosts: cp, vars: { cluster_name: "east", kube_apiserver_port: 7443 } };
    const [problem, ...others] = problems({ masters, nodes: { hosts: hosts("worker-1") } });
    expect(problem).to.contain("ClusterVariables: cluster_name, kube_apiserver_port: the host has other values");
    expect(others).to.be.empty;
  });

  it("requires binaries for each host's architecture, by the variables of the first master", () => {
    const other = ownArchitecture === "arm64" ? "amd64" : "arm64";
    const both = { vars: { artifact_architectures: ["amd64", "arm64"] } };
    expect(problems({ masters: { hosts: cp } }, other)).to.have.length(1);
    expect(problems({ masters: { hosts: cp }, all: both }, other)).to.be.empty;
    expect(problems({ masters: { hosts: cp, ...both } }, other)).to.be.empty;
    const nodes = { hosts: hosts("worker-1"), ...both };
    expect(problems({ masters: { hosts: cp }, nodes }, other), "set on a host whose value is not read").not.to.be.empty;
  });

  it("accepts a different port of a program that only masters run", () => {
    expect(problems({ masters: { hosts: cp, vars: { kube_controller_manager_secure_port: 10257 } } })).to.be.empty;
  });
});
