import { expect } from "chai";
import { temporaryFolder } from "../../temporary.ts";
import { Project } from "../project.ts";

describe("a mistake in a role", () => {
  const project = new Project(temporaryFolder());
  const role = (name: string, tasks: string): void => {
    project.write(
      `roles/${name}/index.ts`,
      `import { Type } from "typebox";
import { command, defineRole } from "kubeplay";
export const ${name} = defineRole({
  name: "${name}",
  description: "",
  vars: { slow_mistake: Type.Optional(Type.String({ description: "" })) },
  tasks: ${tasks},
});
`,
    );
    project.playbook(name, name);
  };

  it("is told with its place, if a variable is read that the role does not declare", () => {
    role("slow", '({ vars }) => [command("Say", { run: `echo ${(vars as { slow_mistke?: string }).slow_mistke}` })]');
    const { code, output } = project.play(["slow"]);
    expect(code).to.equal(1);
    expect(output).to.contain("roles/slow/index.ts:7:");
    expect(output).to.contain(
      'the role slow reads the variable slow_mistke, which it does not declare; did you mean "slow_mistake"?',
    );
    expect(output).to.contain("Nothing was changed.");
  });

  it("is none if a declared variable without a value is read", () => {
    role("optional", '({ vars }) => [command("Say", { run: `echo ${vars.slow_mistake ?? "none"}` })]');
    expect(project.play(["optional"]).output).to.contain("changed=1");
  });

  it("is told with its place, if the role's function throws", () => {
    role("broken", "({ host }) =>\n    (host as unknown as { items: { flatMap(): never[] } }).items.flatMap()");
    const { code, output } = project.play(["broken"]);
    expect(code).not.to.equal(0);
    expect(output).to.match(/roles\/broken\/index\.ts:8:\d+: the tasks of the role broken cannot be listed/);
    expect(output).to.contain("flatMap");
  });

  it("is told, if the role's function is async", () => {
    role("later", "(async () => []) as unknown as () => []");
    expect(project.play(["later"]).output).to.contain(
      "the tasks of the role later are a promise: it must not be async",
    );
  });
});
