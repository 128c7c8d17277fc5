import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { pullOfficial, type PullOptions } from "#artifacts/images/pull.ts";
import { keepsEnvironment } from "../../engine/environment.ts";
import { failure, hasty } from "../helpers.ts";

const digest = `sha256:${"a".repeat(64)}`;
const image = { host: "registry.example", repository: "tools/tool", tag: "2.1.0" };
/** crane's last argument is the layout. */
const writing = `for layout; do :; done
mkdir -p "$layout" && printf '{"manifests":[{"digest":"${digest}"}]}' > "$layout/index.json"`;

describe("an official image that crane pulls", () => {
  keepsEnvironment();
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "kubeplay-pull-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const pull = (script: string, options: Omit<PullOptions, "crane"> = {}) => {
    const crane = path.join(folder, "crane");
    writeFileSync(crane, `#!/bin/sh\necho "$SSL_CERT_FILE" >> ${folder}/calls\n${script}\n`);
    chmodSync(crane, 0o755);
    return pullOfficial(image, path.join(folder, "layout"), { crane, ...options });
  };
  const calls = (): string[] => readFileSync(path.join(folder, "calls"), "utf8").trimEnd().split("\n");

  it("trusts the certificate authority that all downloads trust", async () => {
    delete process.env.SSL_CERT_FILE;
    process.env.NODE_EXTRA_CA_CERTS = "/etc/own-ca.pem";
    expect(await pull(writing)).to.include({ digest });
    expect(calls()).to.deep.equal(["/etc/own-ca.pem"]);
  });

  it("is pulled again after a failure that passes, without the rest of the first try", async () => {
    const once = `for layout; do :; done
[ -e ${folder}/again ] || { mkdir "$layout"; touch ${folder}/again "$layout/half"; echo Bad Gateway >&2; exit 1; }
[ ! -e "$layout/half" ] || exit 1`;
    expect(await pull(`${once}\n${writing}`)).to.include({ digest });
    expect(calls()).to.have.length(2);
  });

  it("is asked for once if its certificate is not trusted, and the error has the remedy", async () => {
    const message = await failure(pull("echo 'tls: x509: certificate signed by unknown authority' >&2; exit 1"));
    expect(message)
      .to.match(/^registry\.example\/tools\/tool:2\.1\.0: cannot be pulled: tls: x509/)
      .and.to.contain("NODE_EXTRA_CA_CERTS=/path/to/ca.pem");
    expect(calls()).to.have.length(1);
  });

  it("names the proxy that requires a login", async () => {
    expect(await failure(pull("echo 'Proxy Authentication Required' >&2; exit 1"))).to.contain("requires a login");
  });

  /** For crane: it writes its process id, and then is silent for a minute. */
  const hangs = () => `echo $$ > ${folder}/pid; exec sleep 60`;
  const isRunning = (): boolean => {
    try {
      return process.kill(Number(readFileSync(path.join(folder, "pid"), "utf8")), 0);
    } catch {
      return false;
    }
  };

  it("is given up if no more data arrives, and pulled again", async () => {
    const once = `[ -e ${folder}/pid ] || { ${hangs()}; }`;
    expect(await pull(`${once}\n${writing}`, { patience: { ...hasty, stall: 50 } })).to.include({ digest });
    expect(calls()).to.have.length(2);
    expect(isRunning()).to.equal(false);
  });

  it("names the registry that sends nothing, try after try", async () => {
    const message = await failure(pull(hangs(), { patience: { ...hasty, stall: 20 } }));
    expect(message).to.equal(
      "registry.example/tools/tool:2.1.0: not downloaded after 3 tries: no data for 0.08 s. Is the network up? Is a proxy needed?",
    );
  });

  it("is not given up while its layers grow, however deep in the layout", async () => {
    const grows = `for layout; do :; done
mkdir -p "$layout/blobs/sha256"
for part in 1 2 3 4 5 6 7 8; do sleep 0.1; echo $part >> "$layout/blobs/sha256/aa"; done`;
    await pull(`${grows}\n${writing}`, { patience: { ...hasty, tries: 1, stall: 100 } });
    expect(calls()).to.have.length(1);
  });

  it("ends its crane at an interrupt, and is not pulled again", async () => {
    const interrupt = new AbortController();
    const pulling = pull(hangs(), { signal: interrupt.signal });
    while (!isRunning()) await sleep(10);
    interrupt.abort(new Error("interrupted"));
    expect(await failure(pulling)).to.equal("interrupted");
    expect(isRunning()).to.equal(false);
    expect(calls()).to.have.length(1);
  });
});
