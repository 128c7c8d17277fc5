import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { barrier, block, command, defineRole, file, handler, type Item, play, playbook, wait } from "kubeplay";
import { clear, folder, played, withSystemd, type Played } from "./stage.ts";

const one = (tasks: (host: string) => readonly Item[]) =>
  playbook([
    play({
      name: "Play",
      hosts: "all",
      roles: [defineRole({ name: "app", description: "", vars: {}, tasks: ({ host }) => tasks(host.name) })],
    }),
  ]);
const hosts = ["a", "b", "c", "d"];
const notes = (root: string): string[] =>
  existsSync(`${root}/notes`) ? readFileSync(`${root}/notes`, "utf8").trim().split("\n") : [];
const messages = ({ tasks }: Played): Record<string, string> =>
  Object.fromEntries(tasks.flatMap(({ host, message }) => (message === undefined ? [] : [[host, message]])));

/** A shell command that waits until a condition holds, and fails if it does not within a minute. */
const until = (condition: string): string =>
  `tries=0; until ${condition}; do tries=$((tries + 1)); [ $tries -lt 600 ] || exit 1; sleep 0.1; done`;

/** A service whose restart is noted, and fails where there is a file `bad` in the project. */
const service = (root: string, content: string, serial?: 1 | readonly [1, 2], restart = "sleep 0.1") =>
  one((host) => {
    const restarted = handler(
      "Restart it",
      command("Restart", { run: `echo ${host} begins >> '${root}/notes'; ${restart}; test ! -e '${root}/bad'` }),
      command("Look at it", { run: `echo ${host} ends >> '${root}/notes'` }),
    );
    return [
      block("Configure it", file("Write it", { dest: `${root}/${host}`, content }).notify(restarted)).inTurn({
        ...(serial && { serial }),
        first: wait("Look at the others", { until: `echo ${host} looks >> '${root}/notes'` }),
      }),
      command("Go on", { run: "true" }),
    ];
  });
const written = (root: string, content: string): string[] =>
  hosts.filter((host) => existsSync(`${root}/${host}`) && readFileSync(`${root}/${host}`, "utf8") === content);

describe("a block in turn", () => {
  after(clear);

  it("is written, handled and looked at on one host before the next one begins", async () => {
    const root = folder();
    expect((await played({ root, hosts, playbook: service(root, "1") })).code).to.equal(0);
    const order = notes(root);
    expect(order).to.have.length(12);
    for (let index = 0; index < order.length; index += 3) {
      const [host = ""] = order[index]?.split(" ") ?? [];
      expect(order.slice(index, index + 3)).to.deep.equal([`${host} looks`, `${host} begins`, `${host} ends`]);
    }
  });

  it("leaves all other hosts as they are after the first failure, and names where it failed", async () => {
    const root = folder();
    await played({ root, hosts, playbook: service(root, "1") });
    writeFileSync(`${root}/bad`, "");
    const failed = await played({ root, hosts, playbook: service(root, "2") });
    expect(failed.code).to.equal(2);
    const [first = ""] = written(root, "2");
    expect(written(root, "2")).to.have.length(1);
    const others = hosts.filter((host) => host !== first);
    expect(written(root, "1")).to.deep.equal(others);
    for (const host of others)
      expect(messages(failed)[host]).to.include(`not done here, because it failed on ${first}`);
    expect(failed.pending(first)).to.deep.equal(["app : Restart it"]);
    for (const host of others) expect(failed.pending(host)).to.deep.equal([]);
  });

  it("takes up a pending handler in turn, too", async () => {
    const root = folder();
    await played({ root, hosts, playbook: service(root, "1") });
    writeFileSync(`${root}/bad`, "");
    const failed = await played({ root, hosts: ["a"], playbook: service(root, "2") });
    expect(failed.pending("a")).to.deep.equal(["app : Restart it"]);
    const again = await played({ root, hosts, playbook: service(root, "2") });
    const begun = notes(root).filter((line) => line.endsWith("begins"));
    expect(begun, "four, the failed one, and one more").to.have.length(6);
    expect(again.code).to.equal(2);
  });

  it("holds up no host that has nothing to change", async () => {
    const root = folder();
    await played({ root, hosts, playbook: service(root, "1") });
    writeFileSync(`${root}/bad`, "");
    writeFileSync(`${root}/b`, "by hand");
    const run = await played({ root, hosts, playbook: service(root, "1") });
    expect(Object.keys(messages(run))).to.deep.equal(["b"]);
    expect(run.changes.filter((line) => line.endsWith("Go on"))).to.have.length(3);
    expect(notes(root).filter((line) => line.endsWith("looks"))).to.have.length(5);
  });

  it("is done by one host first and then by several at once", async () => {
    const root = folder();
    const begun = (count: number): string => `[ "$(grep -c begins '${root}/notes')" -ge ${String(count)} ]`;
    // All but the first wait for the third.
    const meet = `! ${begun(2)} || { ${until(begun(3))}; }`;
    expect((await played({ root, hosts, playbook: service(root, "1", [1, 2], meet) })).code).to.equal(0);
    const order = notes(root).filter((line) => !line.endsWith("looks"));
    expect(order[0]?.split(" ")[0], "the first is alone").to.equal(order[1]?.split(" ")[0]);
    expect(order.slice(2, 4).map((line) => line.split(" ")[1])).to.deep.equal(["begins", "begins"]);
  });

  it("does not begin where its first condition does not hold", async () => {
    const root = folder();
    const plays = one((host) => [
      block("Configure it", file("Write it", { dest: `${root}/${host}`, content: "" })).inTurn({
        first: wait("Look at the others", { until: "echo too few are well; false", timeout: 0.1, every: 0.1 }),
      }),
    ]);
    const run = await played({ root, hosts, playbook: plays });
    expect(run.code).to.equal(2);
    expect(hosts.filter((host) => existsSync(`${root}/${host}`))).to.deep.equal([]);
    expect(Object.values(messages(run)).join()).to.include("too few are well");
  });

  it("is done by all hosts at once if they need its changes at the same time", async () => {
    const root = folder();
    const together = handler(
      "Restart all",
      command("Meet", {
        run: `touch '${root}/there-'$$; ${until(`set -- '${root}'/there-*; [ $# -ge 4 ]`)}`,
      }),
    );
    const plays = one((host) => [
      block("Configure it", file("Write it", { dest: `${root}/${host}`, content: "" }).notify(together)).inTurn({
        together,
      }),
    ]);
    expect((await played({ root, hosts, playbook: plays })).code).to.equal(0);
  });

  it("is done first by hosts on which its unit is not active, for which the others wait", async () => {
    const root = folder();
    const units = `${root}/units`;
    for (const host of ["a", "b"]) {
      mkdirSync(`${units}/${host}`, { recursive: true });
      writeFileSync(`${units}/${host}/app.service.active`, "");
    }
    const note = (host: string, what: string): string => `echo ${host} ${what} >> '${root}/notes'`;
    const plays = one((host) => [
      // The hosts that must go first arrive last.
      command("Arrive", { run: host > "b" ? "sleep 1" : "true" }),
      block(
        "Configure it",
        command("Work", { run: `${note(host, "begins")}; sleep 1; ${note(host, "ends")}` }),
        file("Write it", { dest: `${root}/${host}`, content: "" }),
      ).inTurn({
        unit: "app",
        first: wait("Look at the others", { until: note(host, "looks") }),
      }),
    ]);
    const run = await played({ root, hosts, playbook: plays, connect: withSystemd(units), options: { forks: 2 } });
    expect(run.code).to.equal(0);
    const order = notes(root);
    expect(order.slice(0, 4).map((line) => line.slice(0, 1))).to.have.members(["c", "c", "d", "d"]);
    const [next = ""] = order[4]?.split(" ") ?? [];
    const last = next === "a" ? "b" : "a";
    expect(order.slice(4)).to.deep.equal(
      [next, last].flatMap((host) => ["looks", "begins", "ends"].map((what) => `${host} ${what}`)),
    );
  });

  /** On host a the unit runs. Host c ends before the block. */
  const onStopped = (root: string, run: string) => {
    const units = `${root}/units`;
    mkdirSync(`${units}/a`, { recursive: true });
    writeFileSync(`${units}/a/app.service.active`, "");
    const plays = one((host) => [
      command("Arrive", { run: host === "c" ? "false" : "true" }),
      block(
        "Configure it",
        file("Write it", { dest: `${root}/${host}`, content: "" }),
        command("Work", { run: host === "a" ? "true" : run }),
      ).inTurn({ unit: "app" }),
    ]);
    return played({ root, hosts: ["a", "b", "c"], playbook: plays, connect: withSystemd(units) });
  };

  it("is not done where its unit runs if a host that goes first fails", async () => {
    const root = folder();
    const run = await onStopped(root, "sleep 0.5; false");
    expect(run.code).to.equal(2);
    expect(existsSync(`${root}/a`)).to.equal(false);
    expect(Object.keys(messages(run)).sort()).to.deep.equal(["a", "b", "c"]);
    expect(messages(run).a).to.include("not done here, because it failed on b");
  });

  it("is done by the others if a host that would go first ends before", async () => {
    const root = folder();
    const run = await onStopped(root, "true");
    expect(run.code).to.equal(2);
    expect(existsSync(`${root}/a`)).to.equal(true);
    expect(Object.keys(messages(run))).to.deep.equal(["c"]);
  });

  it("holds up no host because another one fails before it, and waits in what it always does", async () => {
    const root = folder();
    const units = `${root}/units`;
    mkdirSync(`${units}/a`, { recursive: true });
    writeFileSync(`${units}/a/app.service.active`, "");
    const plays = one((host) => [
      block(
        "Try",
        command("Fail", { run: host === "a" ? "true" : "sleep 0.5; false" }),
        block("Configure it", file("Write it", { dest: `${root}/${host}`, content: "" })).inTurn({ unit: "app" }),
      ).always(barrier("Meet")),
    ]);
    const run = await played({ root, hosts: ["a", "b"], playbook: plays, connect: withSystemd(units) });
    expect(run.code).to.equal(2);
    expect(existsSync(`${root}/a`)).to.equal(true);
  });

  it("is foretold by a check, which waits for nobody", async () => {
    const root = folder();
    const check = await played({ root, hosts, playbook: service(root, "1"), options: { check: true } });
    expect(check.changes.filter((line) => line.endsWith("Write it"))).to.have.length(4);
    expect(notes(root)).to.deep.equal([]);
    const run = await played({ root, hosts, playbook: service(root, "1") });
    expect([...run.changes].sort()).to.deep.equal([...check.changes].sort());
  });
});
