import { expect } from "chai";
import {
  command,
  defineRole,
  file,
  handler,
  play,
  playbook,
  register,
  run,
  type CommandOutput,
  type Item,
} from "kubeplay";
import { connect } from "#engine/connection/connect.ts";
import type { Target, Writer } from "#engine/connection/types.ts";
import { clear, folder, played } from "./stage.ts";

const size = 3_000_000;
const print = `yes | head -c ${String(size)}`;

describe("the output of a command", () => {
  after(clear);

  /** Plays these tasks. Returns the sizes of what the commands that print much gave back. */
  const sizesOf = async (...items: readonly Item[]) => {
    const sizes: number[] = [];
    const watched = async (target: Target): Promise<Writer> => {
      const writer = await connect(target);
      return {
        host: writer.host,
        local: true,
        read: (script, options) => writer.read(script, options),
        run: async (script, options) => {
          const result = await writer.run(script, options);
          if (script.includes(print)) sizes.push(result.stdout.length);
          return result;
        },
        upload: (upload, chain) => writer.upload(upload, chain),
        close: () => writer.close(),
      };
    };
    const role = defineRole({ name: "app", description: "", vars: {}, tasks: () => items });
    const plays = playbook([play({ name: "Play", hosts: "all", roles: [role] })]);
    const { code, tasks } = await played({ root: folder(), playbook: plays, connect: watched });
    return { code, sizes, messages: tasks.map(({ message }) => message) };
  };
  const large = command("Print much", { run: print });
  const isWhole = (output: CommandOutput) => output.stdout.length === size;

  it("is kept as far as its end if nobody reads it", async () => {
    const again = handler("Again", run("Print again", { run: print }));
    const { code, sizes } = await sizesOf(large.notify(again));
    expect(code).to.equal(0);
    expect(sizes).to.have.length(2);
    for (const kept of sizes) expect(kept).to.be.within(60_000, 200_000);
  });

  it("is kept whole for a task, a condition, a handler's task, other hosts, and the task's own conditions", async () => {
    const needs = command("Need it", { run: large.output.map(({ stdout }) => `: ${String(stdout.length)}`) });
    const cases: readonly (readonly Item[])[] = [
      [large, needs],
      [large, command("Run if", { run: "true" }).when(large.output.map(isWhole))],
      [large, file("Write", { dest: `${folder()}/x`, content: "" }).notify(handler("Use it", needs))],
      [large.register(register<CommandOutput>("much"))],
      [large.runOnce()],
      [large.retry({ attempts: 1, until: isWhole })],
      [command("Change", { run: print, changedWhen: ({ stdout }) => stdout.length === size })],
      [command("Fail", { run: print, failedWhen: ({ stdout }) => stdout.length !== size })],
    ];
    for (const items of cases) {
      const { code, sizes, messages } = await sizesOf(...items);
      expect(code, messages.join("; ")).to.equal(0);
      expect(sizes).to.deep.equal([size]);
    }
  });

  it("ends with what the message about a failure needs", async () => {
    const { messages } = await sizesOf(command("Fail", { run: `${print}; echo the reason; exit 3` }));
    expect(messages[0]).to.include("exit code 3").and.include("the reason");
  });
});
