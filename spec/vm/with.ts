import { expect } from "chai";
import { kubectl as kubectlOf, lastSummary, measured, play as playOf, type Ran } from "../cluster/lab.ts";

const agnhost = "registry.k8s.io/e2e-test-images/agnhost:2.66.1";

/** The output of a command. A command that fails, fails the spec. */
export async function output(ran: Promise<Ran>): Promise<string> {
  const { code, output } = await ran;
  expect(code, output).to.equal(0);
  return output.trim();
}

/** The project's commands with an inventory. */
export function withInventory(file: string) {
  const inventory = ["-i", file];
  const play = (...args: readonly string[]): Promise<Ran> => playOf(...inventory, ...args);
  const done = async (...args: readonly string[]): Promise<number> => {
    const ran = await play(...args);
    await output(Promise.resolve(ran));
    return ran.seconds;
  };
  const kubectl = (...args: readonly string[]): Promise<string> => output(kubectlOf(...inventory, ...args));
  const changesNothing = async (): Promise<void> => {
    measured("site with nothing to do", await done("site"));
    expect(lastSummary().changes).to.deep.equal([]);
  };
  return {
    play,
    /** Runs a playbook, which must succeed. Resolves to its seconds. */
    done,
    /** The output of kubectl. */
    kubectl,
    changesNothing,
    /** Starts a pod of agnhost on a node. */
    pod: (name: string, node: string, ...args: readonly string[]): Promise<string> => {
      const overrides = JSON.stringify({ spec: { nodeName: node, terminationGracePeriodSeconds: 1 } });
      return kubectl("run", name, "--image", agnhost, "--restart=Never", "--overrides", overrides, "--", ...args);
    },
    /** For specs of a whole lab: `site` makes the lab, and it is removed afterwards. */
    ofItsOwn: (): void => {
      before("make the lab", async () => {
        await done("-e", "lab_state=absent", "lab");
        measured("site", await done("site"));
      });
      after("remove the lab", () => done("-e", "lab_state=absent", "lab"));
      it("changes nothing on a second run of site", changesNothing);
    },
  };
}
