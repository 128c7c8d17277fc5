import { createServer, type AddressInfo } from "node:net";
import { existsSync } from "node:fs";
import { expect } from "chai";
import { tcpListeners } from "#engine/queries/listeners.ts";
import { needs } from "../needs.ts";
import { ask } from "./ask.ts";
import { parse } from "./parse.ts";

// The output of ss of iproute2 6.15.
const answer = `LISTEN 0      4096   127.0.0.53%lo:53        0.0.0.0:*    users:(("systemd-resolve",pid=1,fd=14))
LISTEN 0      128    [::]:22           [::]:*
LISTEN 0      128    *:6443           *:*   users:(("kube-apiserver",pid=2,fd=3))
`;

describe("the query listeners", () => {
  it("returns port and address, and the program if it is known", () => {
    expect(parse(tcpListeners(), answer)).to.deep.equal([
      { port: 53, address: "127.0.0.53", program: "systemd-resolve" },
      { port: 22, address: "::", program: "" },
      { port: 6443, address: "*", program: "kube-apiserver" },
    ]);
  });

  it("returns a listener with any number of waiting connections", () => {
    const busy = 'LISTEN  1025    1024   10.0.0.11:2379   0.0.0.0:*   users:(("etcd",pid=2,fd=3))\n';
    expect(parse(tcpListeners(), busy)).to.deep.equal([{ port: 2379, address: "10.0.0.11", program: "etcd" }]);
  });

  it("takes no line end in a program's name for another listener", () => {
    const named = 'LISTEN 0 5 127.0.0.1:8000 0.0.0.0:* users:(("x\nL 0 0 *:22 y",pid=2,fd=3))\n';
    expect(parse(tcpListeners(), named)?.map(({ port }) => port)).to.deep.equal([8000]);
  });

  it("returns none if ss is not installed", () => {
    expect(parse(tcpListeners(), "\n")).to.deep.equal([]);
  });

  it("asks this machine", async function () {
    needs(this, "the program ss", existsSync("/usr/bin/ss") || existsSync("/bin/ss"));
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const [listeners = []] = await ask([tcpListeners()]);
    server.close();
    expect(listeners.filter((listener) => listener.port === port && listener.address === "127.0.0.1")).to.have.length(
      1,
    );
  });
});
