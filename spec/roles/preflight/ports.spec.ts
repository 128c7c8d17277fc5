import { expect } from "chai";
import { portsOf } from "#roles/preflight/ports.ts";
import { areNamed, good, ports, problems, withFindings } from "./good.ts";

const listening = (port: number, program: string, address = "0.0.0.0") =>
  withFindings({ listening: [{ port, address, program }] });
const numbers = (node: boolean, master: boolean) =>
  portsOf(ports, { address: "10.0.0.11", node, master }).map(({ port }) => port);

describe("preflight of the ports", () => {
  it("wants those of the programs that the host shall run", () => {
    expect(numbers(false, false)).to.deep.equal([8443]);
    expect(numbers(true, false)).to.deep.equal([8443, 10250, 10248, 10249, 10256]);
    expect(numbers(true, true).slice(5)).to.deep.equal([6443, 10252, 10259, 2379, 2380, 2381]);
  });

  areNamed([
    ["one that is taken", listening(6443, "nginx"), "Ports: port 6443 is taken by nginx, kube-apiserver needs it"],
    [
      "a taken one once, however many listen",
      withFindings({ listening: ["0.0.0.0", "::"].map((address) => ({ port: 10256, address, program: "" })) }),
      "Ports: port 10256 is taken by another program, kube-proxy needs it",
    ],
    [
      "one that the same program of another installation holds",
      listening(2379, "etcd", "127.0.0.1"),
      "Ports: port 2379 is taken by etcd of another installation, etcd needs it",
    ],
    [
      "one that two of the cluster's own shall have",
      { ports: portsOf({ ...ports, nginx: 6443 }, { address: "10.0.0.11", node: true, master: true }) },
      "Ports: port 6443 is given to both kube-nginx and kube-apiserver",
    ],
  ]);

  it("leaves a port alone that its own program holds already", () => {
    expect(
      problems(
        withFindings({
          listening: [{ port: 6443, address: "0.0.0.0", program: "kube-apiserver" }],
          installed: ["kube-apiserver"],
        }),
      ),
    ).to.deep.equal([]);
  });

  it("leaves one alone that is taken at another address than wanted", () => {
    expect(problems(listening(2380, "sshd", "192.0.2.1"))).to.deep.equal([]);
    expect(problems(listening(8443, "sshd", "10.0.0.11"))).to.deep.equal([]);
    expect(problems(listening(2380, "sshd", "10.0.0.11"))).to.have.length(1);
    expect(
      problems({ ports: portsOf({ ...ports, nginx: 2380 }, { address: good.host.address, node: true, master: true }) }),
    ).to.deep.equal([]);
  });
});
