import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { ownConnection } from "#engine/queries/own-connection.ts";
import { parse } from "./parse.ts";

describe("the query own connection", () => {
  it("names the client and the port, and nothing for a connection of another kind", () => {
    expect(parse(ownConnection(), "192.0.2.7 50210 192.0.2.1 22\n")).to.deep.equal({ client: "192.0.2.7", port: 22 });
    expect(parse(ownConnection(), "fe80::1%eth0 50210 fe80::2%eth0 2222\n")).to.deep.equal({
      ...{ client: "fe80::1", port: 2222 },
    });
    expect(parse(ownConnection(), "\n")).to.equal(undefined);
    expect(() => parse(ownConnection(), "who knows\n")).to.throw('unexpected "who knows"');
  });

  /** What a shell prints whose parent has this variable, which it does not have itself. */
  const asked = (connection: string): string => {
    const { of } = ownConnection();
    if (!("ask" in of)) throw new Error("it asks the controller");
    const script = ['env -u SSH_CONNECTION sh -c "$0"; :', of.ask(["ssh"])];
    return execFileSync("sh", ["-c", ...script], {
      encoding: "utf8",
      env: { ...process.env, SSH_CONNECTION: connection },
    });
  };

  it("is asked of the shell's ancestors, as sudo takes the variable away", () => {
    expect(parse(ownConnection(), asked("192.0.2.7 50210 192.0.2.1 22"))).to.deep.equal({
      client: "192.0.2.7",
      port: 22,
    });
  });
});
