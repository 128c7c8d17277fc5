import { expect } from "chai";
import { portsOf } from "#roles/preflight/ports.ts";
import { areNamed, good, ports, problems, withFindings } from "./good.ts";

const listening = (port: number, program: string, address = "0.0.0.0") =>
  withFindings({ listening: [{ port, address, program }] });
const numbers = (node: boolean, master: boolean) =>
  portsOf(ports, { address: "10.0.0.11", node, master }).map(({ port }) => port);

describe("preflight's check of ports", () => {
  it("checks the ports of the programs that the host will run", () => {
    expect(numbers(false, false)).to.deep.equal([8443]);
    expect(numbers(true, false)).to.deep.equal([8443, 10250, 10248, 10249, 10256]);
    expect(numbers(true, true).slice(5)).to.deep.equal([6443, 10252, 10259, 2379, 2380, 2381]);
  });

  areNamed([
    [
      "a port that is used",
      listening(6443, "nginx"),
      "Ports: port 6443 is used by nginx, but kube-apiserver needs it: free it, or choose another port",
    ],
    [
      "a used port once, however many programs listen on it",
      withFindings({ listening: ["0.0.0.0", "::"].map((address) => ({ port: 10256, address, program: "" })) }),
      "Ports: port 10256 is used by another program, but kube-proxy needs it: free it, or choose another port",
    ],
    [
      "a port that the same program of another installation uses",
      listening(2379, "etcd", "127.0.0.1"),
      "Ports: port 2379 is used by etcd of another installation, but etcd needs it: free it, or choose another port",
    ],
    [
      "a port that is assigned to two of the cluster's own programs",
      { ports: portsOf({ ...ports, nginx: 6443 }, { address: "10.0.0.11", node: true, master: true }) },
      "Ports: port 6443 is assigned to both kube-nginx and kube-apiserver: free it, or choose another port",
    ],
  ]);

  it("accepts a port that its own program uses already", () => {
    expect(
      problems(
        withFindings({
          listening: [{ port: 6443, address: "0.0.0.0", program: "kube-apiserver" }],
          installed: ["kube-apiserver"],
        }),
      ),
    ).to.deep.equal([]);
  });

  it("accepts a port that is used at another address only", () => {
    expect(problems(listening(2380, "sshd", "192.0.2.1"))).to.deep.equal([]);
    expect(problems(listening(8443, "sshd", "10.0.0.11"))).to.deep.equal([]);
    expect(problems(listening(2380, "sshd", "10.0.0.11"))).to.have.length(1);
    expect(
      problems({ ports: portsOf({ ...ports, nginx: 2380 }, { address: good.host.address, node: true, master: true }) }),
    ).to.deep.equal([]);
  });
});
