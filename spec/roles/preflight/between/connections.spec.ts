import { expect } from "chai";
import {
  connections,
  questionOf,
  wantedConnections,
  type ConnectionProps,
  type Peer,
} from "#roles/preflight/between/connections.ts";
import { asked, subject } from "../../../lib/engine/resources/one-resource.ts";

const peer = (name: string, last: number, more: Partial<Peer> = {}): Peer => ({
  ...{ name, address: `10.0.0.${last}`, master: false, kubelet: 10250, ...more },
});
const peers = [
  peer("a", 1, { master: true }),
  peer("b", 2, { master: true }),
  peer("n", 9),
  peer("proxy-only", 10, { kubelet: undefined }),
];
const ports = { "kube-apiserver": 6443, etcd: 2379, "etcd peers": 2380, "etcd metrics": 2381 };
const all = { "newness of a": true, "newness of b": true, "newness of n": true, "newness of proxy-only": true };
const props = (host: string, more: Partial<ConnectionProps> = {}): ConnectionProps => ({
  ...{ host, peers, ports, ...all, ...more },
});
const words = (p: ConnectionProps): string[] =>
  wantedConnections(p).map(({ from, to, port }) => `${from.name} → ${to.name} ${port}`);
const judge = (host: string, states: readonly (string | undefined)[], more: Partial<ConnectionProps> = {}) =>
  subject(connections("Check", props(host, more))).diff({ ports: states });

describe("preflight's check of the ports between hosts", () => {
  it("wants every host to reach API servers, masters the members of etcd and kubelets", () =>
    expect(words(props("a"))).to.deep.equal([
      ...["a → b 6443", "a → b 2379", "a → b 2380", "a → b 2381", "a → b 10250", "a → n 10250"],
      ...["b → a 6443", "b → a 2379", "b → a 2380", "b → a 2381", "b → a 10250", "b → n 10250"],
      ...["n → a 6443", "n → b 6443", "proxy-only → a 6443", "proxy-only → b 6443"],
    ]));

  it("asks nothing of hosts that have joined, but for those that a new one reaches", () => {
    const joined = { "newness of a": false, "newness of b": false, "newness of proxy-only": false };
    expect(words(props("a", joined))).to.deep.equal(["a → n 10250", "b → n 10250", "n → a 6443", "n → b 6443"]);
    expect(words(props("a", { ...joined, "newness of n": false }))).to.be.empty;
    expect(asked(subject(connections("Check", props("a", { ...joined, "newness of n": false }))))).to.be.empty;
  });

  it("leaves out hosts that did not report", () =>
    expect(words(props("a", { "newness of b": undefined, "newness of proxy-only": undefined }))).to.deep.equal([
      "a → n 10250",
      "n → a 6443",
    ]));

  it("lets a new host listen for those that come, and not one that has joined", () => {
    expect(questionOf(props("n"))).to.deep.equal({
      me: 2,
      targets: [
        { address: "10.0.0.1", port: 6443 },
        { address: "10.0.0.2", port: 6443 },
      ],
      awaits: [{ port: 10250, from: [0, 1] }],
    });
    expect(questionOf(props("a", { "newness of a": false }))?.awaits).to.deep.equal([]);
  });

  it("names every port that is barred, by host", () => {
    expect(judge("n", ["open", "open"])).to.be.empty;
    expect(() => judge("b", ["open", "silent", "silent", "open", "refused", "silent"])).to.throw(
      "Connections: TCP connections from this host are barred, mostly by a firewall on one of the two hosts or between them: to a (10.0.0.1): 2379 (etcd), 2380 (etcd peers), 10250 (kubelet); to n (10.0.0.9): 10250 (kubelet). Open these ports",
    );
  });

  it("takes a refusal by a host that has joined for a program that does not run", () => {
    const joined = { "newness of a": false };
    expect(judge("n", ["refused", "open"], joined)).to.be.empty;
    expect(() => judge("n", ["silent", "open"], joined)).to.throw("to a (10.0.0.1): 6443 (kube-apiserver).");
  });

  it("knows nothing of a host without Perl", () => expect(judge("n", [])).to.be.empty);
});
