import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { manifestOf, type Asked, type ManifestAnswer } from "#cluster/pulls/manifests.ts";

/** Runs the query's script in a shell of this machine, with a PATH of these programs only. */
async function ask(asked: readonly Asked[], bin?: string): Promise<readonly ManifestAnswer[]> {
  const queries = asked.map(manifestOf);
  const { of } = queries[0]!;
  if (!("ask" in of)) throw new Error("a query of hosts is expected");
  const keys = queries.map(({ key }) => key);
  const child = spawn("/bin/sh", [], { env: { PATH: bin ?? process.env.PATH }, stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(of.ask(keys));
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  await new Promise((resolve) => child.once("close", resolve));
  const answers = of.parse(stdout, keys);
  return keys.map((key) => answers.get(key) as ManifestAnswer);
}

describe("a host's question for the manifests of images", () => {
  let server: http.Server;
  let host: string;
  let heads: string[];
  before((done) => {
    server = http.createServer(({ url = "", method = "", headers }, response) => {
      const { authorization = "" } = headers;
      heads.push(`${method} ${url} ${authorization}`);
      const status = (code: number, more: Record<string, string> = {}) => response.writeHead(code, more).end();
      if (url.startsWith("/token")) return response.writeHead(200).end('{"token": "let-me-in", "expires_in": 300}');
      if (url.startsWith("/v2/there/")) return status(200);
      if (url.startsWith("/v2/moved/")) return status(307, { location: "/v2/there/manifests/1" });
      const bearer = `Bearer realm="http://${host}/token",service="spec",scope="repository:private:pull"`;
      if (url.startsWith("/v2/private/"))
        return authorization === "Bearer let-me-in" ? status(200) : status(401, { "www-authenticate": bearer });
      if (url.startsWith("/v2/login/")) return status(authorization === "Basic a2ltOnNlY3JldA==" ? 200 : 401);
      return status(404);
    });
    server.listen(0, "127.0.0.1", () => {
      host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
      done();
    });
  });
  after(() => server.close());
  beforeEach(() => (heads = []));

  const at = (repository: string, more: object = {}) => ({
    url: `http://${host}/v2/${repository}/manifests/1`,
    insecure: false,
    ...more,
  });
  const image = (name: string, ...endpoints: Asked["endpoints"]): Asked => ({ name, endpoints, proxy: {} });

  for (const program of ["curl", "wget"])
    describe(`by ${program}`, () => {
      let bin: string;
      before(function () {
        bin = mkdtempSync(path.join(tmpdir(), "kubeplay-bin-"));
        const wanted = ["sed", "tail", "head", "grep", "tr", "cut", "mktemp", "rm", program];
        for (const name of wanted)
          for (const folder of ["/usr/bin", "/bin"])
            if (readdirSync(folder).includes(name) && !readdirSync(bin).includes(name))
              symlinkSync(path.join(folder, name), path.join(bin, name));
        if (readdirSync(bin).includes(program)) return;
        console.log(`      skipped: this machine has no ${program}`);
        this.skip();
      });
      after(() => rmSync(bin, { recursive: true }));

      it("finds images, also behind redirects and tokens that anybody gets", async () => {
        const found = await ask([image("a", at("there")), image("b", at("moved")), image("c", at("private"))], bin);
        expect(found).to.deep.equal([1, 2, 3].map(() => [{ host, status: 200, why: "" }]));
        expect(heads.filter((line) => !line.startsWith("HEAD")).map((line) => line.split("?")[0])).to.deep.equal([
          "GET /token",
        ]);
      });

      it("asks the endpoints in turn, up to the first that has the image", async () => {
        const [found] = await ask([image("a", at("nowhere"), at("there"), at("moved"))], bin);
        expect(found).to.deep.equal([
          { host, status: 404, why: "" },
          { host, status: 200, why: "" },
        ]);
      });

      it("sends a mirror its login", async () => {
        const authorization = "Basic a2ltOnNlY3JldA==";
        expect(await ask([image("a", at("login", { authorization }))], bin)).to.deep.equal([
          [{ host, status: 200, why: "" }],
        ]);
        expect(await ask([image("a", at("login"))], bin)).to.deep.equal([[{ host, status: 401, why: "" }]]);
      });

      it("says why an endpoint does not answer", async () => {
        const [found] = await ask([image("a", { url: "http://127.0.0.1:1/v2/a/manifests/1", insecure: false })], bin);
        expect(found).to.have.length(1);
        const [answer] = found as readonly { readonly status: number; readonly why: string }[];
        expect(answer).to.include({ status: 0, host: "127.0.0.1:1" });
        expect(answer?.why).to.match(/refused|failed|connect/i);
      });

      it("goes through the proxy of the host", async () => {
        const proxy = { http_proxy: `http://${host}`, no_proxy: "" };
        const endpoint = { url: "http://registry.example/v2/there/manifests/1", insecure: false };
        await ask([{ name: "a", endpoints: [endpoint], proxy }], bin);
        expect(heads.join()).to.contain("http://registry.example/v2/there/manifests/1");
      });
    });

  it("leaves no file with a login if it is killed", async () => {
    const bin = mkdtempSync(path.join(tmpdir(), "kubeplay-bin-"));
    const temporary = mkdtempSync(path.join(tmpdir(), "kubeplay-tmp-"));
    for (const name of ["sed", "tail", "head", "grep", "tr", "cut", "mktemp", "rm"])
      symlinkSync(
        ["/usr/bin", "/bin"].map((one) => path.join(one, name)).find((file) => existsSync(file))!,
        `${bin}/${name}`,
      );
    // In place of wget: a program that reads its settings, and hangs.
    writeFileSync(`${bin}/wget`, `#!/bin/sh\n/bin/cat "\${1#--config=}" > ${bin}/read; exec /bin/sleep 100\n`, {
      mode: 0o755,
    });
    const { of, key } = manifestOf(image("a", at("login", { authorization: "Basic a2ltOnNlY3JldA==" })));
    if (!("ask" in of)) throw new Error("a query of hosts is expected");
    const child = spawn("/bin/sh", [], {
      env: { PATH: bin, TMPDIR: temporary },
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    child.stdin.end(of.ask([key]));
    while (!existsSync(`${bin}/read`) || readFileSync(`${bin}/read`).length === 0) await sleep(20);
    process.kill(-child.pid!, "SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
    expect(readFileSync(`${bin}/read`, "utf8")).to.include("Authorization: Basic a2lt");
    expect(readdirSync(temporary)).to.deep.equal([]);
    for (const folder of [bin, temporary]) rmSync(folder, { recursive: true });
  });

  it("has no login and no proxy in its key, which is recorded", () => {
    const endpoint = at("login", { authorization: "Basic a2ltOnNlY3JldA==" });
    const asked = { name: "a", endpoints: [endpoint], proxy: { https_proxy: "http://kim:secret@proxy.example" } };
    const { key } = manifestOf(asked);
    expect(key).to.match(/^a \(\d+\)$/);
    expect(manifestOf(asked).key).to.equal(key);
    expect(manifestOf({ ...asked, proxy: {} }).key).not.to.equal(key);
  });

  it("is not asked by a host that has neither program", async () => {
    const bin = mkdtempSync(path.join(tmpdir(), "kubeplay-bin-"));
    chmodSync(bin, 0o755);
    expect(await ask([image("a", at("there"))], bin)).to.deep.equal(["no program"]);
    rmSync(bin, { recursive: true });
  });
});
