import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { pullOfficial } from "#artifacts/images/pull.ts";
import { keepsEnvironment } from "../../engine/environment.ts";
import { failure } from "../helpers.ts";

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

  const pull = (script: string) => {
    const crane = path.join(folder, "crane");
    writeFileSync(crane, `#!/bin/sh\necho "$SSL_CERT_FILE" >> ${folder}/calls\n${script}\n`);
    chmodSync(crane, 0o755);
    return pullOfficial(image, path.join(folder, "layout"), crane);
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
});
