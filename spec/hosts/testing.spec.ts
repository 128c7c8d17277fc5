import { expect } from "chai";
import { command, defineResource, defineRole, directory, file, handler, queries, run, type Item } from "kubeplay";
import { containerHost, kept, type ContainerHost } from "kubeplay/testing";
import { labImageName } from "#roles/lab/image.ts";
import "./lab/host.ts";

describe("a role on a container as its host", function () {
  this.timeout(600_000);
  let host: ContainerHost;
  before(async () => (host = await containerHost({ image: labImageName, args: ["--network=none"] })));
  after(async () => {
    await host.remove();
  });
  const roleOf = (...tasks: readonly Item[]) =>
    defineRole({ name: "app", description: "", vars: {}, tasks: () => tasks });
  const failureOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "none",
      (error: unknown) => (error as Error).message,
    );

  it("is foretold, done, and done again, with its handlers", async () => {
    const note = handler("Note it", run("Write a note", { run: "echo noted >> /srv/app/notes" }));
    const role = roleOf(
      directory("Make its folder", { path: "/srv/app" }),
      file("Write its configuration", { dest: "/srv/app/conf", content: "a = 1\n" }).notify(note),
    );
    expect(await kept(role, { on: host })).to.deep.equal([
      "Make its folder",
      "Write its configuration",
      "Write a note",
    ]);
    expect(await host.on("cat /srv/app/conf /srv/app/notes")).to.equal("a = 1\nnoted");
    expect(await kept(role, { on: host }), "now").to.deep.equal([]);
  });

  it("fails if the second run changes something again", async () => {
    const role = roleOf(command("Count", { run: "echo >> /srv/count" }));
    expect(await failureOf(kept(role, { on: host }))).to.match(/^the second run changed something[^]*\n {2}Count/);
  });

  it("fails if the run does something else than the check foretold", async () => {
    const liar = defineResource({
      kind: "liar",
      label: (p: { readonly path: string }) => p.path,
      needs: (p) => ({ path: queries.path(p.path) }),
      diff: ({ path }) => (path.type === "absent" ? [{ what: "state", before: "absent", after: "present" }] : []),
      apply: (_found, _now, p) => [`touch ${p.path}`],
      forecast: () => ({}),
    });
    const role = roleOf(liar("Make it", { path: "/srv/lied" }), liar("Make it once more", { path: "/srv/lied" }));
    expect(await failureOf(kept(role, { on: host }))).to.match(
      /^the run changed other things than the check foretold[^]*Expected:[^]*Make it once more[^]*Changed:/,
    );
  });

  it("fails with the output of the play if a task fails", async () => {
    const role = roleOf(command("Break", { run: "echo no such thing >&2; exit 3", creates: "/srv/none" }));
    expect(await failureOf(kept(role, { on: host }))).to.match(/^the run failed:[^]*Break[^]*no such thing/);
  });
});

describe("a container as a host", () => {
  it("that does not start is an error with the reason", async () => {
    const failed = await containerHost({
      image: labImageName,
      command: ["/no/such/program"],
      args: ["--network=none"],
    }).catch((error: unknown) => (error as Error).message);
    expect(failed).to.include("/no/such/program");
  });
});
