import { expect } from "chai";
import { defineResource, packages, pip, quote, type PipProps, type Task } from "kubeplay";
import { keep as keepOn, twice as twiceOn } from "../lib/engine/resources/keep.ts";
import { host, on } from "./lab/host.ts";

/** Makes wheels in a folder: zip files with a module, and what pip reads of it. */
const wheels = `
import pathlib, zipfile
for name, version, needs in [("Kp_One", "1.0", "kp.two"), ("Kp_One", "1.1.0", ""), ("kp_two", "3", "")]:
    folder = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(f"/srv/wheels/{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name.lower()}.py", f"version = {version!r}\\n")
        wheel.writestr(f"{folder}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n" + (f"Requires-Dist: {needs}\\n" if needs else ""))
        wheel.writestr(f"{folder}/WHEEL", "Wheel-Version: 1.0\\nGenerator: specs\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{folder}/RECORD", "")
`;

describe("pip on a Debian host", function () {
  this.timeout(600_000);
  const venv = "/srv/pip/it's here";
  const task = (p: Partial<PipProps>): Task => withWheels(pip("p", { venv, names: [], ...p }));
  const twice = async (one: Task) => twiceOn(await host(), one);
  const failure = (work: Promise<unknown>) => work.then(String, (error: unknown) => (error as Error).message);

  /** The same task, whose pip finds packages in a folder: `.environment` is the runner's. */
  function withWheels(one: Task): Task {
    if (!("resource" in one.does)) throw new Error("it acts");
    const { resource } = one.does;
    const environment = { PIP_NO_INDEX: "1", PIP_FIND_LINKS: "/srv/wheels" };
    const apply: typeof resource.apply = (...all) =>
      resource
        .apply(...all)
        .map((step) => (typeof step === "object" && "sh" in step ? { ...step, environment } : step));
    return defineResource({ ...resource, apply })(one.name, one.props);
  }

  before(async () => {
    await keepOn(await host(), packages("p", { names: ["python3-venv"] }));
    await on("rm -rf /srv/wheels /srv/pip && mkdir -p /srv/wheels /srv/pip");
    await on(`python3 -c ${quote(wheels)}`);
  });

  it("makes an environment, and installs packages with what they need", async () => {
    expect(await twice(task({ names: ["kp.one==1"] }))).to.deep.equal(["venv", "kp.one==1"]);
    expect(await twice(task({ names: ["kp-two"] }))).to.deep.equal([]);
    expect(await twice(task({ names: ["KP_One==1.1"] }))).to.deep.equal(["KP_One==1.1"]);
    expect(await on(`"${venv}/bin/python" -c 'import kp_one; print(kp_one.version)'`)).to.equal("1.1.0");
    expect(await twice(task({ names: ["kp-one", "kp-two"], state: "absent" }))).to.deep.equal(["kp-one", "kp-two"]);
  });

  it("fails for what is not there, with pip's words", async () => {
    expect(await failure(twice(task({ names: ["kp-none==1"] })))).to.match(
      /No matching distribution found for kp-none==1/,
    );
  });

  it("does not run programs of another user as root", async () => {
    await on("python3 -m venv --without-pip /srv/pip/theirs && chown -R kubeplay /srv/pip/theirs");
    const theirs = task({ venv: "/srv/pip/theirs", names: ["kp-two"] });
    expect(await failure(twice(theirs))).to.contain("belongs to another user");
  });
});
