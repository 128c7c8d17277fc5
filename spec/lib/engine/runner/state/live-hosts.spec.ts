import { expect } from "chai";
import { fakeConnection } from "#engine/connection/fake.ts";
import type { Result, Target, Writer } from "#engine/connection/types.ts";
import { UnreachableError } from "#engine/errors.ts";
import { isUnreachable, LiveHosts } from "#engine/runner/state/live-hosts.ts";

const target = (name: string, user?: string): Target => ({
  name,
  connection: "ssh",
  address: name,
  port: 22,
  user: "debian",
  jumps: [],
  knownHostsFiles: [],
  hostKeyChecking: true,
  connectTimeout: 10,
  ...(user !== undefined && { become: { user } }),
});

describe("the live hosts of a run", () => {
  let log: string[];
  let answer: Partial<Result>;
  let refused: boolean;
  let limits: (number | undefined)[];
  let connecting: { now: number; most: number };
  beforeEach(() => {
    [log, limits] = [[], []];
    [answer, refused, connecting] = [{ stdout: sections("root") }, false, { now: 0, most: 0 }];
  });

  const sections = (user: string): string =>
    `\n@@ user\n${user}\n@@ lock\nfree somebody\n@@ owed\n${JSON.stringify({ at: 5, handlers: ["app\0Restart"] })}\n`;

  const connect = async ({ name, become }: Target): Promise<Writer> => {
    connecting.most = Math.max(connecting.most, ++connecting.now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    connecting.now -= 1;
    const as = become ? `${name} as ${become.user}` : name;
    if (refused) throw new UnreachableError(name, `${as} is not there`);
    log.push(`connect ${as}`);
    return {
      ...fakeConnection(name, []),
      read: (_script, options) => {
        limits.push(options?.timeout);
        return Promise.resolve({ stdout: "", stderr: "", code: 0, ...answer });
      },
      reconnect: () => {
        log.push(`reconnect ${as}`);
        return Promise.resolve();
      },
      close: () => {
        log.push(`close ${as}`);
        return Promise.resolve();
      },
    };
  };
  const messageOf = (work: Promise<unknown>) =>
    work.then(
      () => "none",
      (error: unknown) => (error as Error).message,
    );

  it("are connected to once for each user, also if several ask at the same time", async () => {
    const hosts = new LiveHosts(connect, 10);
    const [one, two, kim] = await Promise.all([
      hosts.reach(target("a")),
      hosts.reach(target("a")),
      hosts.reach(target("a", "kim")),
    ]);
    expect(two).to.equal(one);
    expect(kim).to.not.equal(one);
    expect(log).to.deep.equal(["connect a", "connect a as kim"]);
  });

  it("are connected to so many at once", async () => {
    const hosts = new LiveHosts(connect, 2);
    await Promise.all(["a", "b", "c", "d"].map((name) => hosts.reach(target(name))));
    expect(connecting.most).to.equal(2);
  });

  it("have their facts, the last holder of their lock, and the handlers that they are owed", async () => {
    const live = await new LiveHosts(connect, 1).reach(target("a"), 7);
    expect(live.facts.user).to.equal("root");
    expect(live).to.deep.include({ lastHolder: "free somebody", owed: { at: 5, handlers: ["app\0Restart"] } });
    expect(limits).to.deep.equal([7]);
  });

  it("have no last holder and are owed nothing if they have no such files", async () => {
    answer = { stdout: "\n@@ user\nroot\n@@ lock\n@@ owed\n" };
    const live = await new LiveHosts(connect, 1).reach(target("a"));
    expect(live.owed).to.deep.equal({ at: 0, handlers: [] });
  });

  it("have no list of handlers if the user is not root, who alone can read it", async () => {
    answer = { stdout: sections("kim") };
    expect((await new LiveHosts(connect, 1).reach(target("a"))).owed).to.equal(undefined);
  });

  it("have no list of handlers if they are this machine, whose list runs from here do not write", async () => {
    const local = async (to: Target): Promise<Writer> => ({ ...(await connect(to)), local: true });
    expect((await new LiveHosts(local, 1).reach(target("a"))).owed).to.equal(undefined);
  });

  it("are connected to again after a failure", async () => {
    const hosts = new LiveHosts(connect, 1);
    refused = true;
    expect(await messageOf(hosts.reach(target("a")))).to.equal("a is not there");
    refused = false;
    await hosts.reach(target("a"));
    expect(log).to.deep.equal(["connect a"]);
  });

  it("are left with a closed connection if the facts cannot be read", async () => {
    answer = { stderr: "sh: no\n", code: 2 };
    expect(await messageOf(new LiveHosts(connect, 1).reach(target("a")))).to.equal(
      "The host's facts could not be read: sh: no",
    );
    expect(log).to.deep.equal(["connect a", "close a"]);
  });

  it("are connected to anew after a restart, but for the connection that restarted them", async () => {
    const hosts = new LiveHosts(connect, 5);
    const own = await hosts.reach(target("a"));
    await Promise.all([hosts.reach(target("a", "kim")), hosts.reach(target("b"))]);
    log = [];
    await hosts.renew("a", own);
    expect(log).to.deep.equal(["reconnect a as kim"]);
  });

  it("are all closed at the end", async () => {
    const hosts = new LiveHosts(connect, 5);
    await Promise.all([hosts.reach(target("a")), hosts.reach(target("b"))]);
    refused = true;
    await messageOf(hosts.reach(target("c")));
    log = [];
    await hosts.close();
    expect(log).to.have.members(["close a", "close b"]);
  });

  it("that are unreachable are told from other failures", () => {
    expect(isUnreachable(new UnreachableError("a", "gone"))).to.equal(true);
    expect(isUnreachable(new Error("gone"))).to.equal(false);
  });
});
