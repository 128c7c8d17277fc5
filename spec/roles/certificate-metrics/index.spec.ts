import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { certificateMetrics } from "#roles/certificate-metrics/index.ts";
import { certificateRules } from "#roles/kube-prometheus/control-plane.ts";
import { listCertificates, certificatePlaces } from "#cluster/host-certificates.ts";
import { textfileFolder } from "#cluster/textfile.ts";
import { authority, by, issued } from "../../lib/engine/pki/issued.ts";
import { master, namesOf, renderedBy, tasksOf } from "../setting.ts";

const hosts = [master("m-1", "10.0.0.11")];
const day = 24 * 3600;

/** promtool of kubeplay's own cache, if a site has brought it there. */
function promtool(): string | undefined {
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"), "kubeplay");
  const refs = path.join(cache, "refs");
  const ref = existsSync(refs) ? readdirSync(refs).find((name) => name.startsWith("promtool@")) : undefined;
  if (ref === undefined) return undefined;
  const { sha256 } = JSON.parse(readFileSync(path.join(refs, ref), "utf8")) as { sha256: string };
  const file = path.join(cache, "objects", sha256);
  return existsSync(file) ? file : undefined;
}

interface Rules {
  readonly spec: { readonly groups: readonly object[] };
}

describe("the metrics of certificates", () => {
  const root = mkdtempSync(path.join(tmpdir(), "kubeplay-certificates-"));
  const file = `${root}/kubeplay-certificates.prom`;
  const script = renderedBy(certificateMetrics, { hosts }, "Write the program that reads the certificates")
    .replaceAll(textfileFolder, root)
    .replace(listCertificates(certificatePlaces), listCertificates([`${root}/pki/*.crt`]));
  after(() => rmSync(root, { recursive: true }));

  before("certificates with 5, 29, 31 and 300 days left, and a short life", async () => {
    mkdirSync(`${root}/pki`);
    const ca = await authority('a "CA"');
    const left = async (name: string, days: number, life = 365): Promise<void> => {
      const now = new Date(Date.now() - (life - days) * day * 1000);
      const { pem, keyPem } = await issued(name, { ...by(ca), days: life, now, organizations: ["system:nodes"] });
      writeFileSync(`${root}/pki/${name}.crt`, pem + keyPem + ca.pem);
    };
    for (const days of [5, 29, 31, 300]) await left(`left-${String(days)}`, days);
    await left("short", 20, 30);
    writeFileSync(`${root}/pki/empty.crt`, "");
    writeFileSync(`${root}/pki/cut.crt`, "-----BEGIN CERTIFICATE-----\n");
    const damaged = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    writeFileSync(`${root}/pki/damaged.crt`, damaged + (await issued("beside", { ...by(ca), days: 400 })).pem);
    const { status, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    expect(status, stderr).to.equal(0);
  });

  const lines = (): string[] => readFileSync(file, "utf8").trim().split("\n");

  it("has both ends of each certificate of a file, with its subject, and no key", () => {
    expect(readdirSync(root).sort()).to.deep.equal(["kubeplay-certificates.prom", "pki"]);
    const ends = lines().filter((line) => line.startsWith("kubeplay_certificate_not_after_seconds{"));
    expect(ends).to.have.length(11);
    const own = ends.find((line) => line.includes("left-5,"));
    expect(own).to.match(
      new RegExp(
        String.raw`path="${root}/pki/left-5\.crt",subject="CN=left-5,O=system:nodes",serial="[0-9A-F]+"} \d{10}$`,
      ),
    );
    const seconds = Number(own?.split(" ").at(-1)) - Date.now() / 1000;
    expect(seconds / day).to.be.within(4.9, 5.1);
    expect(ends.filter((line) => line.includes(String.raw`subject="CN=a \\\"CA\\\"",`))).to.have.length(5);
    expect(readFileSync(file, "utf8")).not.to.contain("PRIVATE");
  });

  it("tells of certificates that cannot be read, and of those beside them", () => {
    const told = lines().filter((line) => line.startsWith("kubeplay_certificate_unreadable{"));
    expect(told).to.deep.equal(
      ["cut", "damaged"].map((name) => `kubeplay_certificate_unreadable{path="${root}/pki/${name}.crt"} 1`),
    );
    expect(lines().some((line) => line.includes(`pki/damaged.crt",subject="CN=beside"`))).to.equal(true);
  });

  it("makes the alert's expression true for those below the limit only", function () {
    const program = promtool();
    if (program === undefined) this.skip();
    expect(execFileSync(program, ["check", "metrics"], { input: readFileSync(file), encoding: "utf8" })).to.equal("");
    // The time of its tests begins in 1970.
    const now = Math.floor(Date.now() / 1000);
    const series = lines()
      .filter((line) => !line.startsWith("#"))
      .map((line) => {
        const [, name = "", value = ""] = /^(.*) (\d+)$/.exec(line) ?? [];
        return { series: name, values: `${String(Number(value) - now)}x30` };
      });
    const test = {
      rule_files: ["rules.json"],
      evaluation_interval: "1m",
      tests: [
        {
          // promtool prints each alert that fires, as none is expected.
          input_series: series,
          alert_rule_test: [{ alertname: "CertificateExpiresSoon", eval_time: "20m", exp_alerts: [] }],
        },
      ],
    };
    writeFileSync(`${root}/test.json`, JSON.stringify(test));
    const firing = (limit: number): readonly string[] => {
      const { spec } = certificateRules(limit) as unknown as Rules;
      writeFileSync(`${root}/rules.json`, JSON.stringify(spec));
      const { stdout, stderr } = spawnSync(program, ["test", "rules", "test.json"], { cwd: root, encoding: "utf8" });
      return [...new Set((stdout + stderr).match(/(left-\d+|short)(?=,)/g) ?? [])].sort();
    };
    expect(firing(30)).to.deep.equal(["left-29", "left-5"]);
    expect(firing(6)).to.deep.equal(["left-5"]);
    expect(firing(4)).to.deep.equal([]);
  });

  it("are not written without Prometheus", () =>
    expect(namesOf(tasksOf(certificateMetrics, { hosts, vars: { kube_prometheus_state: "absent" } }))).to.deep.equal([
      "Stop its timer",
    ]));
});
