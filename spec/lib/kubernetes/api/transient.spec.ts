import type { ServerResponse } from "node:http";
import { expect } from "chai";
import type { Answer } from "#kubernetes/api/answers.ts";
import { KubernetesApi } from "#kubernetes/api/client.ts";
import { mentionsPassing, passesInNewNamespace } from "#kubernetes/api/transient.ts";
import { startApiServer, type ApiServer } from "./api-server.ts";

interface Case {
  readonly method?: string;
  readonly reply: (response: ServerResponse) => void;
  readonly alsoPasses?: (answer: Answer) => boolean;
}
const status =
  (code: number, message = "as the server says", more: object = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(code, { "content-type": "application/json" });
    response.end(JSON.stringify({ kind: "Status", code, message, ...more }));
  };
const text =
  (code: number, body: string) =>
  (response: ServerResponse): void =>
    void response.writeHead(code).end(body);
const patch = (reply: Case["reply"]): Case => ({ method: "PATCH", reply });
const get = (reply: Case["reply"]): Case => ({ reply });
const refused = "dial tcp 10.96.7.1:443: connect: connection refused";
const inNewNamespace = (reply: Case["reply"]): Case => ({ ...patch(reply), alsoPasses: passesInNewNamespace });

const passing: Readonly<Record<string, Case>> = {
  "408": get(status(408)),
  "429 of a starting server": get(status(429, "storage is (re)initializing", { reason: "TooManyRequests" })),
  "502": get(text(502, "Bad Gateway")),
  "503 before all paths are installed": get(status(503, "the request has been made before all known HTTP paths…")),
  "503 of an aggregated API": get(text(503, "service unavailable")),
  "504": patch(status(504, "Timeout: request did not complete within requested timeout")),
  "a time-out of etcd": patch(status(500, "etcdserver: request timed out, possibly due to previous leader failure")),
  "a change of etcd's leader": patch(status(500, "etcdserver: leader changed")),
  "an etcd without a leader": get(status(500, "etcdserver: no leader")),
  "an overloaded etcd": patch(status(500, "etcdserver: too many requests")),
  "an etcd member that stops": get(
    status(500, "rpc error: code = Unavailable desc = error reading from server: read tcp …: connection reset by peer"),
  ),
  "an etcd member that is gone": get(status(500, "rpc error: code = Unavailable desc = transport is closing")),
  "an etcd member that hangs": get(status(500, "context deadline exceeded")),
  "a server that asks for a later retry": patch(
    status(500, "The POST operation against pods could not be completed at this time, please try again.", {
      reason: "ServerTimeout",
      details: { retryAfterSeconds: 1 },
    }),
  ),
  "a webhook that has not started": patch(status(500, `failed calling webhook "x.example.org": Post …: ${refused}`)),
  "a webhook that times out": patch(status(500, 'failed calling webhook "x": Post …: context deadline exceeded')),
  "a conversion webhook, for a list": get(status(500, `conversion webhook for example.org/v1, Kind=Wall: ${refused}`)),
  "a kind so new that no handler serves it": patch(text(404, "404 page not found\n")),
  "an object that another client changed meanwhile": patch(status(409, "the object has been modified")),
  "an object that another client created meanwhile": patch(status(409, 'configmaps "a" already exists')),
  "a quota that is not yet counted": patch(status(403, "pods is forbidden: status unknown for quota: q")),
  "a truncated body": get((response) => {
    response.writeHead(200, { "content-length": 100 }).write('{"kind":');
    setTimeout(() => response.destroy(), 20);
  }),
  "a truncated object": get(text(200, '{"kind":')),
  "a connection that is reset": get((response) => void response.destroy()),
  "a quota of a namespace that the set creates": inNewNamespace(status(403, "exceeded quota: q, requested: pods=1")),
  "a service account of a namespace that the set creates": inNewNamespace(
    status(403, 'error looking up service account web/default: serviceaccount "default" not found'),
  ),
  "a namespace that the set creates and that a server does not see yet": inNewNamespace(
    status(404, 'namespaces "web" not found'),
  ),
  "a namespace that the set recreates": inNewNamespace(
    status(403, "unable to create new content in namespace web because it is being terminated"),
  ),
};

const final: Readonly<Record<string, Case>> = {
  "400": patch(status(400)),
  "401": get(status(401, "Unauthorized")),
  "403 of RBAC": get(status(403, 'nodes is forbidden: User "admin" cannot list resource "nodes"')),
  "403 of a webhook that denies": patch(status(403, 'admission webhook "x" denied the request: no')),
  "403 of a quota that is used up": patch(status(403, "exceeded quota: q, requested: pods=1")),
  "404 of an object": get(status(404, 'configmaps "a" not found')),
  "404 of a namespace": patch(status(404, 'namespaces "web" not found')),
  "404 of a group that does not exist": get(text(404, "404 page not found\n")),
  "404 of a deleted kind": { method: "DELETE", reply: text(404, "404 page not found\n") },
  "405": get(status(405)),
  "409 to a deletion whose precondition does not hold": { method: "DELETE", reply: status(409) },
  "410": get(status(410)),
  "413": patch(status(413)),
  "422": patch(status(422, "spec.selector: Invalid value: field is immutable")),
  "500 of a server that panics": get(
    status(500, "This request caused apiserver to panic. Look in the logs for details."),
  ),
  "500 of a full etcd": patch(status(500, "etcdserver: mvcc: database space exceeded")),
  "403 in a namespace that the set creates, for another reason": inNewNamespace(status(403, "violates PodSecurity")),
};

describe("answers of a Kubernetes API", function () {
  this.timeout(30_000);
  const asked = new Map<string, number>();
  const answers = new Map<string, Answer>();
  const all = Object.entries({ ...passing, ...final });
  let server: ApiServer;

  /** Asks all of them in parallel: each path fails twice, then succeeds. */
  before(async () => {
    server = await startApiServer(({ url = "" }, response) => {
      const times = (asked.get(url) ?? 0) + 1;
      asked.set(url, times);
      const found = all[Number(url.slice(1))]?.[1];
      if (times > 2 || !found) response.end("{}");
      else found.reply(response);
    });
    const api = new KubernetesApi(server.access, []);
    await Promise.all(
      all.map(async ([name, { method = "GET", alsoPasses }], index) => {
        answers.set(name, await api.ask(method, `/${String(index)}`, undefined, { alsoPasses }));
      }),
    );
  });
  after(() => server.close());

  const timesOf = (name: string) => asked.get(`/${String(all.findIndex(([one]) => one === name))}`);

  for (const name of Object.keys(passing))
    it(`are retried: ${name}`, () => {
      expect(timesOf(name)).to.equal(3);
      expect(answers.get(name)).to.deep.equal({ status: 200, body: {} });
    });
  for (const name of Object.keys(final))
    it(`are final: ${name}`, () => {
      expect(timesOf(name)).to.equal(1);
      expect(answers.get(name)?.status).to.be.at.least(400);
    });

  it("are recognized as transient in the messages of programs too", () => {
    for (const words of [
      `Get "https://10.0.0.11:6443/api": ${refused}`,
      "net/http: TLS handshake timeout",
      "rpc error: code = Unavailable desc = etcdserver: leader changed",
      'Post "https://10.0.0.11:6443/api": EOF',
    ])
      expect(mentionsPassing(words), words).to.equal(true);
    for (const words of ["secrets is forbidden", "x509: certificate signed by unknown authority", "not found"])
      expect(mentionsPassing(words), words).to.equal(false);
  });
});
