import { expect } from "chai";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { request } from "kubeplay";
import { needs } from "../../needs.ts";

interface Seen {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe("the action request", () => {
  let server: Server;
  let root = "";
  let seen: Seen[] = [];

  before(async function () {
    needs(this, "curl", existsSync("/usr/bin/curl"));
    server = createServer((asked, answer) => {
      const parts: Buffer[] = [];
      asked.on("data", (part: Buffer) => parts.push(part));
      asked.on("end", () => {
        seen.push({ method: asked.method, headers: asked.headers, body: Buffer.concat(parts).toString("utf8") });
        const status = Number(asked.url?.slice(1));
        answer.writeHead(status, status === 302 ? { location: "/200" } : {}).end("why\nnot");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    root = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  beforeEach(() => (seen = []));
  after(() => server.close());

  async function sent(status: number, more: Partial<Parameters<typeof request>[1]> = {}) {
    const { does, props } = request("Send", { url: `${root}/${String(status)}`, ...more });
    if (!("action" in does)) throw new Error("no action");
    const [step] = does.action.steps(props) as readonly [{ readonly sh: string }];
    return new Promise<{ readonly code: number; readonly stderr: string }>((resolve) => {
      execFile("sh", ["-c", step.sh], (error, _stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stderr }));
    });
  }

  it("sends a text with any characters as it is", async () => {
    const body = `@/etc/passwd it's "a" \\ $HOME\r\n\tline\n%{http_code} é\n`;
    expect(await sent(201, { method: "PUT", body, headers: { "Content-Type": "text/x" } })).to.include({ code: 0 });
    expect(seen.map(({ method, body: text, headers }) => [method, text, headers["content-type"]])).to.deep.equal([
      ["PUT", body, "text/x"],
    ]);
  });

  it("sends a value as JSON", async () => {
    await sent(204, { json: { text: 'it is "done"\n' } });
    expect(seen[0]).to.include({ method: "POST", body: '{"text":"it is \\"done\\"\\n"}' });
    expect(seen[0]?.headers["content-type"]).to.equal("application/json");
    await sent(200, { json: [], headers: { "content-type": "application/vnd.x+json" } });
    expect(seen[1]?.headers["content-type"]).to.equal("application/vnd.x+json");
  });

  it("fails for another status than expected, with the answer, and follows no redirect", async () => {
    expect(await sent(409)).to.deep.equal({ code: 1, stderr: "why\nnot\nthe answer is 409, expected 200 to 299\n" });
    expect(await sent(302)).to.include({ code: 1 });
    expect(seen).to.have.length(2);
    expect(await sent(409, { status: [200, 409] })).to.include({ code: 0 });
    expect((await sent(200, { status: [201] })).stderr).to.include("expected 201");
  });

  it("fails if nothing answers", async () => {
    expect(await sent(0, { url: "http://127.0.0.1:1" })).to.deep.include({ code: 7 });
  });

  it("sends a body of 48 KiB whole, and refuses a larger one", async () => {
    const body = `"${"\\".repeat(48 * 1024 - 2)}"`;
    expect(await sent(200, { body })).to.include({ code: 0 });
    expect(seen[0]?.body === body).to.equal(true);
    expect(await sent(200, { body: `${body}x` }).then(() => "", String)).to.include("is larger than 49152 bytes");
    expect(await sent(200, { json: "é".repeat(25_000) }).then(() => "", String)).to.include("is larger than");
    expect(seen).to.have.length(1);
  });

  it("sends one body, to what is a URL, with a status to expect", async () => {
    expect(await sent(200, { status: [] }).then(() => "", String)).to.include("status is an empty list");
    expect(await sent(200, { body: "", json: {} }).then(() => "", String)).to.include("expected one of them");
  });
});
