import { expect } from "chai";
import { kubectl as kubectlOf, play as playOf, type Ran } from "../cluster/lab.ts";

/** What a command printed; one that fails fails the spec. */
export async function output(ran: Promise<Ran>): Promise<string> {
  const { code, output } = await ran;
  expect(code, output).to.equal(0);
  return output.trim();
}

/** The project's commands for the hosts of an inventory. */
export function withInventory(file: string) {
  const inventory = ["-i", file];
  const play = (...args: readonly string[]): Promise<Ran> => playOf(...inventory, ...args);
  return {
    play,
    /** A run that succeeds; gives its seconds. */
    done: async (...args: readonly string[]): Promise<number> => {
      const ran = await play(...args);
      await output(Promise.resolve(ran));
      return ran.seconds;
    },
    /** What kubectl prints. */
    kubectl: (...args: readonly string[]): Promise<string> => output(kubectlOf(...inventory, ...args)),
  };
}
