import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { artifactToCome, type ArtifactState } from "#engine/queries/artifact.ts";
import { askNow } from "#engine/queries/define.ts";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import type { Task } from "#engine/tasks/task.ts";
import { chart, type ChartProps } from "#kubernetes/rendering/chart.ts";
import { manifestFiles, type ManifestFilesProps } from "#kubernetes/rendering/manifest-files.ts";
import { subject } from "../../engine/resources/one-resource.ts";

describe("rendering on the controller", () => {
  let root: string;
  let before: string | undefined;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "kubeplay-rendering-"));
    before = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = root;
    for (const folder of ["refs", "objects"]) mkdirSync(path.join(root, "kubeplay", folder), { recursive: true });
  });
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
    rmSync(root, { recursive: true });
  });

  /** Puts a file into the artifact cache. */
  function store(name: string, bytes: string | Buffer): void {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const file = path.join(root, "kubeplay", "objects", sha256);
    writeFileSync(file, bytes);
    chmodSync(file, 0o755);
    writeFileSync(
      path.join(root, "kubeplay", "refs", `${name}@1.0.0-linux-amd64.json`),
      JSON.stringify({ sha256, size: bytes.length, source: "build" }),
    );
  }
  /** A .tgz with these files. */
  function tgz(files: Readonly<Record<string, string>>): Buffer {
    const folder = mkdtempSync(path.join(root, "tgz-"));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    return execFileSync("tar", ["-czf", "-", "-C", folder, ...readdirSync(folder)]);
  }
  async function outcome(task: Task): Promise<readonly Manifest[]> {
    const { needs, diff } = subject(task);
    const now: Record<string, unknown> = {};
    for (const [name, query] of Object.entries(needs)) now[name] = await askNow(query);
    expect(diff(now), "a rendering is never a change").to.be.empty;
    return now.objects as readonly Manifest[];
  }
  const cached = (): string[] => readdirSync(path.join(root, "kubeplay", "renderings"));

  describe("of a chart", () => {
    /** Prints one object that records how helm was called. */
    const helm = (count: string) => `#!/bin/sh
echo called >> ${count}
for last; do :; done
values=$(cat "$last")
cat <<END
apiVersion: v1
kind: ConfigMap
metadata: { name: called, namespace: $4 }
data: { arguments: "$(echo "$*" | sed 's|/[^ ]*/|…/|g')", values: '$values', home: "$HELM_CONFIG_HOME" }
END
`;
    const release = (props: Partial<ChartProps> = {}): Task =>
      chart("Render it", {
        chart: "web-chart@1.0.0/amd64",
        helm: "helm@1.0.0/amd64",
        release: "web",
        namespace: "shop",
        values: { replicas: 2 },
        kubeVersion: "1.37.2",
        ...props,
      });

    it("passes the release to helm, isolated from the user's own helm", async () => {
      store("web-chart", "a chart");
      store("helm", helm(path.join(root, "count")));
      const [object] = await outcome(release({ apiVersions: ["example.org/v1"] }));
      const { arguments: words, values, home } = object?.data as Record<string, string>;
      expect(words).to.match(/^template web …\/[0-9a-f]{64} --namespace shop --kube-version 1\.37\.2 /);
      expect(words).to.contain("--include-crds --no-hooks --skip-tests --api-versions example.org/v1");
      expect(JSON.parse(values ?? "")).to.deep.equal({ replicas: 2 });
      expect(home).to.contain("kubeplay-helm-");
    });

    it("is cached for 30 days after its last use; writing another removes older ones", async () => {
      store("web-chart", "a chart");
      store("helm", helm(path.join(root, "count")));
      await outcome(release({ values: { replicas: 4 } }));
      const folder = path.join(root, "kubeplay", "renderings");
      const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 60 * 60 * 1000);
      for (const [name, days] of [
        ["old.json", 31],
        ["recent.json", 29],
      ] as const) {
        writeFileSync(path.join(folder, name), "[]");
        utimesSync(path.join(folder, name), daysAgo(days), daysAgo(days));
      }
      await outcome(release({ values: { replicas: 5 } }));
      expect(cached()).to.include("recent.json").and.to.have.length(3);
    });

    it("is cached, and repeated for another chart, other values or other patches", async () => {
      const count = path.join(root, "count");
      const calls = (): number => readFileSync(count, "utf8").trim().split("\n").length;
      store("web-chart", "a chart");
      store("helm", helm(count));
      await outcome(release());
      await outcome(release());
      expect(calls()).to.equal(1);
      await outcome(release({ values: { replicas: 3 } }));
      const patch = { data: { values: "x" } };
      const [patched] = await outcome(release({ patches: [{ kind: "ConfigMap", name: "called", patch }] }));
      expect(patched).to.have.nested.property("data.values", "x");
      store("web-chart", "another chart");
      await outcome(release());
      expect(calls()).to.equal(4);
    });

    it("is readable by its owner only, because values may be secrets", async () => {
      store("web-chart", "a chart");
      store("helm", helm(path.join(root, "count")));
      const { needs } = subject(release({ values: { password: "hunter2" } }));
      await outcome(release({ values: { password: "hunter2" } }));
      const [file = ""] = cached();
      expect(statSync(path.join(root, "kubeplay", "renderings", file)).mode & 0o777).to.equal(0o600);
      expect(needs.objects?.key).not.to.contain("hunter2");
    });

    it("fails with helm's own message", async () => {
      store("web-chart", "a chart");
      store("helm", "#!/bin/sh\necho 'Error: values do not fit' >&2\nexit 1\n");
      const failure = await outcome(release()).catch((error: unknown) => String(error));
      expect(failure).to.contain("helm cannot render web: Error: values do not fit");
    });

    it("is an error if its files are missing, or will be fetched by an earlier task", () => {
      const there = { sha256: "0".repeat(64), size: 1, file: "/x" };
      const of = (archive: ArtifactState, program: ArtifactState) => subject(release()).diff({ archive, program });
      expect(() => of(undefined, there)).to.throw(
        /web-chart@1\.0\.0\/amd64 is not in the artifact cache.*--tags artifacts/,
      );
      expect(() => of(there, artifactToCome("helm@1.0.0/amd64"))).to.throw(/helm@1\.0\.0\/amd64/);
      expect(of(there, there)).to.be.empty;
    });
  });

  describe("of files of an archive", () => {
    const motd = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }`;
    const files = (props: Partial<ManifestFilesProps> = {}): Task =>
      manifestFiles("Read them", { archive: "things@1.0.0/amd64", paths: ["things/all/*.yaml"], ...props });
    const names = async (task: Task): Promise<string[]> =>
      (await outcome(task)).map(({ metadata }) => metadata.name).sort();
    beforeEach(() =>
      store(
        "things",
        tgz({
          "things/all/a.yaml": motd("a"),
          "things/all/b.yaml": motd("b"),
          "things/all/deep/c.yaml": motd("c"),
          "things/readme.md": "no YAML: [",
        }),
      ),
    );

    it("reads only the files that `paths` names and `except` does not", async () => {
      expect(await names(files())).to.deep.equal(["a", "b"]);
      expect(await names(files({ except: ["things/all/b.yaml"] }))).to.deep.equal(["a"]);
      expect(await names(files({ paths: ["things/all/*.yaml", "things/all/deep/c.yaml"] }))).to.deep.equal([
        "a",
        "b",
        "c",
      ]);
    });

    it("fails with the name of a path that does not exist", async () => {
      const failure = await outcome(files({ paths: ["things/none/*.yaml"] })).catch((error: unknown) => String(error));
      expect(failure).to.contain("things@1.0.0/amd64: its files cannot be read").and.to.contain("things/none/*.yaml");
    });

    it("applies changes to the objects", async () =>
      expect(await names(files({ without: [{ kind: "ConfigMap", name: "a" }] }))).to.deep.equal(["b"]));
  });
});
