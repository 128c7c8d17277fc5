import { expect } from "chai";
import { reboot, UnreachableError } from "kubeplay";
import type { Result, Writer } from "#engine/connection/types.ts";
import { thisMachine } from "../../this-machine.ts";

const result = (stdout: string, code = 0, stderr = ""): Result => ({ stdout, stderr, code });
const lost = (): Promise<never> => Promise.reject(new UnreachableError("a", "the connection is lost"));

/** A host that answers with these boots, one after another. "lost" is a moment at which it does not answer. */
function host(boots: readonly string[], answer: () => Promise<Result> = lost) {
  const commands: string[] = [];
  const waits: number[] = [];
  const left = [...boots];
  const writer: Writer = {
    host: "a",
    read: () => {
      const boot = left.length > 1 ? left.shift() : left[0];
      return boot === undefined || boot === "lost" ? lost() : Promise.resolve(result(boot));
    },
    run: (command) => {
      commands.push(command);
      return answer();
    },
    reconnect: (seconds = Infinity) => {
      waits.push(seconds);
      return Promise.resolve();
    },
    upload: () => Promise.reject(new Error("no upload was expected")),
    close: () => Promise.resolve(),
  };
  return { writer, commands, waits };
}

async function rebooted(writer: Writer, props: Parameters<typeof reboot>[1] = {}): Promise<readonly string[]> {
  const lines: string[] = [];
  const task = reboot("Restart it", props);
  if (!("action" in task.does)) throw new Error("not an action");
  const [step] = task.does.action.steps(task.props);
  if (step === undefined || typeof step === "string" || !("overConnection" in step)) throw new Error("no such step");
  await step.overConnection(writer, { progress: (line) => lines.push(line) });
  return lines;
}

const failure = (writer: Writer, props?: Parameters<typeof reboot>[1]): Promise<string> =>
  rebooted(writer, props).then(
    () => "none",
    (error: unknown) => String(error),
  );

describe("the action reboot", () => {
  it("lasts until the host answers after another boot, however often it does not answer before", async () => {
    const { writer, commands, waits } = host(["first", "first", "lost", "second"]);
    const lines = await rebooted(writer, { timeout: 60 });
    expect(commands).to.deep.equal(["systemctl reboot"]);
    expect(lines).to.deep.equal(lines.map(() => "waiting for the host to answer again"));
    expect(waits).to.have.length(3);
    for (const seconds of waits) expect(seconds).to.be.at.most(60);
  });

  it("takes a connection that its command leaves open", async () => {
    const { writer, commands } = host(["first", "second"], () => Promise.resolve(result("")));
    await rebooted(writer, { run: "shutdown -r now" });
    expect(commands).to.deep.equal(["shutdown -r now"]);
  });

  it("fails if the command fails, and waits for nothing", async () => {
    const { writer, waits } = host(["first"], () => Promise.resolve(result("", 5, "not permitted\n")));
    expect(await failure(writer)).to.include("exit code 5: not permitted");
    expect(waits).to.deep.equal([]);
  });

  it("fails if the host does not begin another boot in time", async () => {
    const { writer } = host(["first"]);
    expect(await failure(writer, { timeout: 1 })).to.include("the host did not answer again within 1 seconds");
  });

  it("fails with any other error as it is", async () => {
    const { writer } = host(["first"], () => Promise.reject(new Error("sudo asks for a password")));
    expect(await failure(writer)).to.include("sudo asks for a password");
    const { writer: refusing } = host(["first"]);
    refusing.reconnect = () => Promise.reject(new Error("the host key has changed"));
    expect(await failure(refusing)).to.include("the host key has changed");
  });

  it("is refused on the controller itself, before anything is run", async () => {
    const machine = thisMachine();
    expect(await failure(machine, { run: "false" })).to.include("does not restart the controller");
    await machine.close();
    const { writer, commands } = host(["first"]);
    delete writer.reconnect;
    expect(await failure(writer)).to.include("does not restart the controller");
    expect(commands).to.deep.equal([]);
  });
});
