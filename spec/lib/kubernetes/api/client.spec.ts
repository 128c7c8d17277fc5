import type { RequestListener, ServerResponse } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { reasonOf } from "#kubernetes/api/answers.ts";
import { KubernetesApi, type ClientOptions } from "#kubernetes/api/client.ts";
import { usualTimeouts } from "#kubernetes/api/request.ts";
import { startApiServer, type ApiServer } from "./api-server.ts";

const busy = (response: ServerResponse, headers = {}): void =>
  void response.writeHead(503, headers).end(JSON.stringify({ message: "not yet" }));

describe("the client of the Kubernetes API", function () {
  this.timeout(600_000);
  const opened: (() => void)[] = [];
  let server: ApiServer;
  let answer: RequestListener;
  let asked = 0;

  before(async () => {
    server = await startApiServer((request, response) => {
      asked += 1;
      answer(request, response);
    });
  });
  beforeEach(async () => {
    asked = 0;
    answer = (_request, response) => void response.end("{}");
    for (const close of opened.splice(0)) close();
    server.close();
    await server.reopen();
  });
  after(() => {
    for (const close of opened) close();
    server.close();
  });

  const client = (options: ClientOptions = {}, servers: readonly string[] = []) =>
    new KubernetesApi(server.access, servers, { patience: 30, ...options });
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => "no failure",
      (error: unknown) => String(error),
    );
  /** The milliseconds that the work takes. */
  const timed = async (work: Promise<unknown>): Promise<number> => {
    const started = Date.now();
    await work;
    return Date.now() - started;
  };

  it("waits as long as the server asks before it retries", async () => {
    answer = (_request, response) => (asked === 1 ? busy(response, { "retry-after": "1" }) : void response.end("{}"));
    expect(await timed(client().ask("GET", "/x"))).to.be.at.least(1000);
    expect(asked).to.equal(2);
  });

  it("ends retries after its patience without success; the error has the time, the last cause and the remedy", async () => {
    answer = (_request, response) => busy(response);
    const given = await client({ patience: 2 }).ask("GET", "/x");
    expect(given.status).to.equal(503);
    expect(asked).to.be.at.least(2);
    expect(reasonOf(given)).to.match(/^not yet \(tried for \d s without success: .*raise kube_api_patience\)$/);
  });

  it("tries later requests once after retries have ended", async () => {
    answer = (_request, response) => busy(response);
    const api = client({ patience: 2 });
    await api.ask("GET", "/x");
    asked = 0;
    expect((await api.ask("GET", "/y")).status).to.equal(503);
    expect(asked).to.equal(1);
  });

  it("returns a failure at once that the caller handles itself", async () => {
    answer = (_request, response) => busy(response);
    const given = await client().ask("POST", "/x", undefined, { neverPasses: ({ status }) => status === 503 });
    expect(given).to.deep.equal({ status: 503, body: { message: "not yet" } });
    expect(asked).to.equal(1);
  });

  it("restarts its patience at each success, so a slow API is waited for", async () => {
    const started = Date.now();
    answer = ({ url }, response) =>
      url === "/late" && Date.now() - started < 7000 ? busy(response) : void response.end("{}");
    const api = client({ patience: 5 });
    const late = api.ask("GET", "/late");
    while (Date.now() - started < 7000) {
      await api.ask("GET", "/x");
      await sleep(250);
    }
    expect((await late).status).to.equal(200);
  });

  it("does not retry a read if nothing listens and no server has answered before", async () => {
    server.close();
    const failure = failureOf(client({}, ["https://127.0.0.1:1"]).ask("GET", "/x"));
    expect(await timed(failure)).to.be.below(10_000);
    expect(await failure).to.match(/no API server answers \(.*ECONNREFUSED.*ECONNREFUSED.*Are the masters up/);
  });

  it("retries a write, and a read after a first answer, even if nothing listens", async () => {
    for (const method of ["PATCH", "GET"]) {
      const api = client();
      if (method === "GET") await api.ask("GET", "/x");
      server.close();
      const late = api.ask(method, "/x");
      await sleep(600);
      await server.reopen();
      expect((await late).status).to.equal(200);
    }
  });

  it("retries a read if a server accepts connections but has never answered", async () => {
    const silent = createServer((socket) => {
      if (asked++ === 0) setTimeout(() => socket.destroy(), 50);
    });
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    opened.push(() => silent.close());
    const at = `https://127.0.0.1:${String((silent.address() as AddressInfo).port)}`;
    const options = { patience: 2, timeouts: { ...usualTimeouts, handshake: 200 } };
    const failure = await failureOf(new KubernetesApi({ ...server.access, server: at }, [], options).ask("GET", "/x"));
    expect(asked).to.be.at.least(2);
    expect(failure).to.match(/does not speak TLS\): tried for \d+ s without success/);
  });

  it("asks another server if one is down or has no etcd", async () => {
    answer = (_request, response) => busy(response);
    const other = await startApiServer((_request, response) => void response.end("{}"), server);
    opened.push(() => other.close());
    expect(await client({}, [other.access.server]).ask("GET", "/x")).to.deep.equal({ status: 200, body: {} });
    server.close();
    expect(await client({}, [other.access.server]).ask("GET", "/x")).to.deep.equal({ status: 200, body: {} });
  });

  it("does not retry if the server's certificate is not trusted", async () => {
    const other = await startApiServer((_request, response) => void response.end("{}"));
    opened.push(() => other.close());
    const api = new KubernetesApi({ ...server.access, ca: other.access.ca }, [], { patience: 30 });
    const failure = failureOf(api.ask("PATCH", "/x"));
    expect(await timed(failure)).to.be.below(10_000);
    expect(await failure).to.contain("certificate");
  });

  it("sends fewer concurrent requests to a slow server, until all are answered", async () => {
    // Answers one after the other: the eighth of eight would have to wait for 1600 ms.
    let queue = Promise.resolve();
    answer = ({ socket }, response) => {
      queue = queue.then(async () => {
        if (socket.destroyed) return;
        await sleep(200);
        response.end("{}");
      });
    };
    const api = client({ timeouts: { ...usualTimeouts, answer: 1000 } });
    const answers = await Promise.all(Array.from({ length: 16 }, (_, index) => api.ask("PATCH", `/${String(index)}`)));
    expect(answers.map(({ status }) => status)).to.deep.equal(answers.map(() => 200));
  });

  it("reports why it waits, and ends waiting when the run stops", async () => {
    answer = (_request, response) => busy(response);
    const said: string[] = [];
    let stopped = false;
    const wait = { progress: (line: string) => said.push(line), stopping: () => stopped };
    const api = client({ patience: 60, quiet: 300 });
    const failure = failureOf(api.during(wait, () => api.ask("GET", "/x?y=z")));
    while (said.length === 0) await sleep(50);
    expect(said[0]).to.match(/^waiting for the Kubernetes API \(\d+ of 60 s\): GET \/x: not yet$/);
    stopped = true;
    expect(await timed(failure)).to.be.below(20_000);
    expect(await failure).to.contain("GET /x: not yet");
  });

  it("aborts a request without an answer when the run stops", async () => {
    answer = () => undefined;
    const said: string[] = [];
    const wait = { progress: (line: string) => said.push(line), stopping: () => said.length > 0 };
    const api = client({ patience: 60, quiet: 100 });
    const failure = failureOf(api.during(wait, () => api.ask("GET", "/x")));
    expect(await timed(failure)).to.be.below(20_000);
    expect(said[0]).to.contain("has not answered GET /x yet");
  });
});
