import { expect } from "chai";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Type } from "typebox";
import {
  addHost,
  command,
  defineRole,
  file,
  groupBy,
  play,
  playbook,
  read,
  type Play,
  type RoleContext,
  type Task,
} from "kubeplay";
import { GrowingInventory } from "#engine/inventory/growing.ts";
import { onlyPlanned, onlyPlannedAdditions, Predictions, refusals, Seal } from "#engine/runner/index.ts";
import { clear, folder, inventoryOf, played, type Played, type Scene } from "./stage.ts";

const vars = { greeting: Type.String({ default: "none", description: "What a new host is told." }) };
type Tasks = (context: RoleContext<{ readonly greeting: string }>) => readonly Task[];
const role = (name: string, tasks: Tasks) => defineRole({ name, description: "", vars, tasks });

describe("a play that adds to the inventory", () => {
  let root: string;
  beforeEach(() => (root = folder()));
  after(clear);

  const first = (tasks: Tasks): Play => play({ name: "Add", hosts: "all", roles: [role("adding", tasks)] });
  /** Writes what each host of a pattern sees. */
  const second = (hosts: string): Play =>
    play({
      name: "Use",
      hosts,
      roles: [
        role("using", ({ vars, host, inventory }) => [
          file("Write it", {
            dest: path.join(root, host.name),
            content: JSON.stringify({
              greeting: vars.greeting,
              groups: host.groups,
              all: inventory.hosts.map(({ name }) => name),
            }),
          }),
        ]),
      ],
    });
  const perform = (plays: Play[], scene: Partial<Scene> = {}): Promise<Played> =>
    played({ root, playbook: playbook(plays), ...scene });
  const seen = (host: string): unknown => JSON.parse(readFileSync(path.join(root, host), "utf8"));
  const local = { ansible_connection: "local", ansible_host: "127.0.0.1" };

  it("gives later plays the host, with its variables and those of its groups", async () => {
    mkdirSync(path.join(root, "group_vars"));
    writeFileSync(path.join(root, "group_vars/new.yaml"), "greeting: hello\n");
    const adding = first(() => [addHost("Add it", { name: "b", groups: ["new", "late"], vars: local }).runOnce()]);
    const { code, changes, events } = await perform([adding, second("new")]);
    expect(code).to.equal(0);
    expect(changes).to.deep.equal(["b: Write it"]);
    expect(seen("b")).to.deep.equal({ greeting: "hello", groups: ["late", "new"], all: ["a", "b"] });
    const end = events.at(-1);
    expect(end?.type === "run ended" && end.recap.b).to.include({ ok: 1, changed: 1 });
  });

  it("does so in a check too, which changes nothing", async () => {
    const adding = first(() => [addHost("Add it", { name: "b", groups: ["new"], vars: local })]);
    const { changes } = await perform([adding, second("new")], { options: { check: true } });
    expect(changes).to.deep.equal(["b: Write it"]);
    expect(existsSync(path.join(root, "b"))).to.equal(false);
  });

  it("takes the name from the output of a read, and in a check leaves out what only a run can tell", async () => {
    writeFileSync(path.join(root, "name"), "b\n");
    const adding = (run: Task<{ readonly stdout: string }>): Play =>
      first(() => [
        run,
        addHost("Add it", { name: run.output.map(({ stdout }) => stdout.trim()), groups: ["new"], vars: local }),
      ]);
    const known = adding(read("Ask", { run: `cat ${root}/name` }));
    expect((await perform([known, second("new")], { options: { check: true } })).changes).to.deep.equal([
      "b: Write it",
    ]);
    const late = adding(command("Make", { run: "echo c" }));
    const check = await perform([late, second("new")], { options: { check: true } });
    expect(check.changes).to.deep.equal(["a: Make"]);
    expect(check.terminal.replaceAll(/\s+/g, " ")).to.include(
      'a: what "Add it" adds to the inventory is known after apply: later plays go without it',
    );
    expect((await perform([late, second("new")])).changes).to.deep.equal(["a: Make", "c: Write it"]);
  });

  it("groups hosts by a key, in the order of the inventory, whichever was faster", async () => {
    const slow = (host: string) => (host === "a" ? "sleep 0.3" : "true");
    const adding = first(({ host }) => [
      read("Take a while", { run: slow(host.name) }),
      groupBy("Group it", { key: host.name === "c" ? "of c" : "others", parents: ["by key"] }),
    ]);
    let order: readonly string[] = [];
    const asking = play({
      name: "Ask",
      hosts: "by-key:&others",
      roles: [role("asking", ({ inventory }) => ((order = inventory.group("others").map(({ name }) => name)), []))],
    });
    await perform([adding, asking, second("of-c")], { hosts: ["a", "b", "c"] });
    expect(order).to.deep.equal(["a", "b"]);
    expect(seen("c")).to.deep.equal({ greeting: "none", groups: ["by-key", "of-c"], all: ["a", "b", "c"] });
  });

  it("gives a host the variables of its new group, also a role that read them before", async () => {
    mkdirSync(path.join(root, "group_vars"));
    writeFileSync(path.join(root, "group_vars/warm.yaml"), "greeting: warm\n");
    const adding = first(() => [groupBy("Group it", { key: "warm" })]);
    await perform([second("all"), adding, second("all")]);
    expect(seen("a")).to.deep.include({ greeting: "warm" });
  });

  it("fails on the host with what is wrong, and goes on with the others", async () => {
    const adding = first(({ host }) => [
      ...(host.name === "a" ? [addHost("Add it", { name: "b c", vars: local })] : []),
      addHost("Add another", { name: "d", groups: ["new"], vars: local }),
    ]);
    const { code, tasks, changes } = await perform([adding, second("new")], { hosts: ["a", "b"] });
    expect(code).to.equal(2);
    expect(tasks.find(({ outcome }) => outcome === "failed")?.message).to.include('"b c" cannot be the name of a host');
    expect(changes).to.deep.equal(["d: Write it"]);
    const wrong = await perform([first(() => [addHost("Add it", { name: "e", vars: { ansible_port: "x" } })])]);
    expect(wrong.tasks.at(-1)?.message).to.include("what a task added to host e").and.include("ansible_port");
  });

  it("keeps a play of hosts to come if tags leave tasks of it", async () => {
    const adding = first(() => [addHost("Add it", { name: "b", groups: ["new"], vars: local }).tagged("x")]);
    const using = play({
      name: "Use",
      hosts: "new",
      roles: [role("using", () => [command("Do it", { run: "true" }).tagged("x"), command("Never", { run: "false" })])],
    });
    expect((await perform([adding, using], { options: { tags: ["x"] } })).changes).to.deep.equal(["b: Do it"]);
  });

  describe("by a sealed plan", () => {
    const plan = async (plays: Play[]) => {
      const predictions = new Predictions(Seal.of(root), (value) => value);
      const { answered, beforeChange, beforeAddition } = predictions;
      await perform(plays, {
        options: { check: true },
        watching: { answered, beforeChange, beforeAddition },
        onEvent: (event) => predictions.take(event),
      });
      return predictions.hosts;
    };
    const apply = (plays: Play[], hosts: Awaited<ReturnType<typeof plan>>): Promise<Played> => {
      const seal = Seal.of(root);
      const watching = {
        beforeChange: onlyPlanned(hosts, seal),
        beforeAddition: onlyPlannedAdditions(hosts, seal),
      };
      return perform(plays, { watching });
    };
    const plays = (): Play[] => {
      const asked = read("Ask", { run: `cat ${root}/port` });
      const port = asked.output.map(({ stdout }) => ({ ...local, ansible_port: Number(stdout) }));
      return [
        first(() => [asked, addHost("Add it", { name: "b", groups: ["new"], vars: port })]),
        play({
          name: "Use",
          hosts: "new",
          roles: [role("using", () => [file("Write", { dest: `${root}/b`, content: "" })])],
        }),
      ];
    };

    it("is done as it was planned", async () => {
      writeFileSync(path.join(root, "port"), "22");
      const planned = await plan(plays());
      expect((await apply(plays(), planned)).changes).to.deep.equal(["b: Write"]);
    });

    it("is refused if the host would be another, before and during the run", async () => {
      writeFileSync(path.join(root, "port"), "22");
      const planned = await plan(plays());
      writeFileSync(path.join(root, "port"), "2222");
      expect(refusals(planned, await plan(plays())).get("b")).to.include("what a adds to the inventory");
      const { tasks, changes, code } = await apply(plays(), planned);
      expect(code).to.equal(2);
      expect(changes).to.deep.equal([]);
      expect(tasks.find(({ task }) => task === "Add it")?.message).to.include("Make a new plan");
    });

    it("changes no host that the plan does not have", async () => {
      const late = (name: string): Play[] => [
        first(() => {
          const made = command("Make", { run: `echo ${name}` });
          return [made, addHost("Add it", { name: made.output.map(() => name), groups: ["new"], vars: local })];
        }),
        second("new"),
      ];
      const planned = await plan(late("b"));
      const { changes, code } = await apply(late("b"), planned);
      expect(code).to.equal(2);
      expect(changes).to.deep.equal(["a: Make"]);
      expect(existsSync(path.join(root, "b"))).to.equal(false);
    });
  });

  it("groups hundreds of hosts within seconds", function () {
    this.timeout(600_000);
    const hosts = Array.from({ length: 400 }, (_one, index) => `host-${String(index)}`);
    const growing = new GrowingInventory(inventoryOf(root, hosts));
    growing.startPlay();
    const started = Date.now();
    for (const [index, host] of hosts.entries())
      growing.add({ host, groups: [`of-${String(index % 5)}`], parents: [], vars: {} }, host);
    expect(growing.group("of-3")).to.have.length(80);
    expect(Date.now() - started).to.be.below(15_000);
  });
});
