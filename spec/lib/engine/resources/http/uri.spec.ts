import { expect } from "chai";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { assert, defineRole, play, playbook, uri, type UriOutput } from "kubeplay";
import { needs } from "../../needs.ts";
import { ask } from "../../queries/ask.ts";
import { clear, folder, played } from "../../runner/stage.ts";
import { subject } from "../one-resource.ts";

describe("the resource uri", () => {
  let server: Server;
  let root = "";
  let tries = 0;
  const seen: { readonly method: string | undefined; readonly token: unknown }[] = [];

  before(async function () {
    needs(this, "curl", existsSync("/usr/bin/curl"));
    server = createServer((asked, answer) => {
      seen.push({ method: asked.method, token: asked.headers["x-token"] });
      switch (asked.url) {
        case "/moved":
          return answer.writeHead(302, { location: "/json", "x-which": "first" }).end("HTTP/1.1 500 not this\n");
        case "/away":
          return answer.writeHead(302, { location: root.replace("127.0.0.1", "localhost") }).end("moved\n");
        case "/round":
          return answer.writeHead(302, { location: "/round" }).end();
        case "/json":
          return answer
            .writeHead(200, { "Content-Type": "application/problem+json", "X-Which": "last" })
            .end('{"a":[1]}');
        case "/broken":
          return answer.writeHead(200, { "content-type": "application/json" }).end("{");
        case "/busy":
          return answer.writeHead(503).end("one\ntry later\n");
        case "/soon":
          tries++;
          return answer.writeHead(tries < 3 ? 503 : 200, { "content-type": "application/json" }).end(String(tries));
        default:
          return answer.writeHead(200, { "content-type": "text/plain" }).end("HTTP/1.1 404 é\r\n\r\nname: value\n");
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    root = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  after(() => server.close());
  after(clear);

  async function asked(path: string, more: Partial<Parameters<typeof uri>[1]> = {}): Promise<UriOutput> {
    const task = uri("Ask", { url: `${root}${path}`, ...more });
    const one = subject(task);
    const [answer] = await ask([one.needs.answer!]);
    expect(one.diff({ answer })).to.deep.equal([]);
    if (!("resource" in task.does)) throw new Error("acts");
    return task.does.resource.output?.({ answer }, task.props, []) as UriOutput;
  }
  const refused = (path: string, more = {}) => asked(path, more).then(() => "", String);

  it("answers with status, headers and body, which may look like headers", async () => {
    const { status, headers, body, json } = await asked("/");
    expect({ status, body, json }).to.deep.equal({
      ...{ status: 200, body: "HTTP/1.1 404 é\r\n\r\nname: value\n", json: undefined },
    });
    expect(headers).to.include({ "content-type": "text/plain" }).and.not.have.property("name");
  });

  it("follows redirects, and parses JSON that is called so", async () => {
    const { status, headers, json } = await asked("/moved");
    expect({ status, which: headers["x-which"], json }).to.deep.equal({ status: 200, which: "last", json: { a: [1] } });
    expect((await asked("/broken")).json).to.equal(undefined);
  });

  it("sends its headers to the same server only, wherever that redirects to", async () => {
    seen.length = 0;
    const headers = { "X-Token": "word" };
    expect((await asked("/moved", { headers })).status).to.equal(200);
    const { body } = await asked("/away", { headers });
    expect(body, "without that of the redirect").to.equal("HTTP/1.1 404 é\r\n\r\nname: value\n");
    expect(seen.map(({ token }) => token)).to.deep.equal(["word", "word", "word", undefined]);
    expect(await refused("/round")).to.include("more than 10 redirects");
  });

  it("sends its headers and its method", async () => {
    seen.length = 0;
    const token = `it's "a" \\ $HOME\ttoken`;
    expect(await asked("/", { method: "HEAD", headers: { "X-Token": token } })).to.include({ status: 200, body: "" });
    expect(seen).to.deep.equal([{ method: "HEAD", token }]);
  });

  it("fails for another status than expected, with the end of the answer", async () => {
    expect(await refused("/busy")).to.include("the answer is 503, expected 200 to 299: one\ntry later");
    expect(await refused("/json", { status: [301, 404] })).to.include("the answer is 200, expected 301 or 404");
    expect(await asked("/busy", { status: [503] })).to.include({ status: 503 });
  });

  it("fails if nothing answers, with curl's reason", async () => {
    const task = subject(uri("Ask", { url: "http://127.0.0.1:1/" }));
    const [answer] = await ask([task.needs.answer!]);
    expect(() => task.diff({ answer })).to.throw(/^exit code 7: curl: \(7\) Failed to connect/);
  });

  it("is tried again, and a check asks too, but knows of nothing that an earlier task may start", async () => {
    const task = () => {
      tries = 0;
      return uri("Ask", { url: `${root}/soon` }).retry({ attempts: 3, delay: 0.01 });
    };
    const one = (check: boolean) => {
      const asking = task();
      const ready = assert("Be ready", { that: asking.output.map(({ json }) => json === 3), message: "not ready" });
      const role = defineRole({ name: "one", description: "", vars: {}, tasks: () => [asking, ready] });
      const plays = playbook([play({ name: "One", hosts: "all", roles: [role] })]);
      return played({ root: folder(), playbook: plays, options: { check } });
    };
    expect((await one(false)).tasks.map(({ outcome }) => outcome)).to.deep.equal(["ok", "ok"]);
    expect(tries).to.equal(3);
    expect((await one(true)).tasks.map(({ outcome }) => outcome)).to.deep.equal(["ok", "ok"]);
    expect(tries).to.equal(1);
  });

  it("has neither URL nor headers among curl's arguments", () => {
    const { needs: asks } = subject(
      uri("Ask", { url: "https://a/b?secret", headers: { A: "word" }, ca: "/etc//ca.crt" }),
    );
    const [, ...args] = /\| curl (.*)$/m.exec(asks.answer!.key) ?? [];
    expect(args).to.deep.equal([
      `"$@" --write-out '%{stderr}\\nkubeplay-redirect: %{redirect_url}\\n' --config - 2>&1 >&9)`,
    ]);
    expect(asks.answer!.key).to.include('cacert = "/etc/ca.crt"').and.include('max-time = "30"');
  });

  it("refuses what is no URL and no header of one line", () => {
    const make = (more: object) => () => subject(uri("Ask", { url: "https://a", ...more }));
    expect(make({ url: "file:///etc/shadow" })).to.throw(
      '"file:///etc/shadow" is not a URL, expected http:// or https://',
    );
    expect(make({ headers: { A: "a\nB: b" } })).to.throw('https://a: "A" is not a header of one line');
    expect(make({ status: [] })).to.throw("https://a: status is an empty list, expected one such as [200, 404]");
    for (const status of [99, 600, 200.5, NaN]) expect(make({ status: [status] })).to.throw("expected 100 to 599");
    for (const timeout of [0, -1, NaN, Infinity]) expect(make({ timeout })).to.throw("expected seconds above 0");
    expect(make({ ca: "ca.crt" })).to.throw("is not an absolute path");
  });
});
