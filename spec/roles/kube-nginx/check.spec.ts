import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { renderTemplate } from "#engine/template/index.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";

const servers = ["10.0.0.11:6443", "10.0.0.12:6443", "10.0.0.13:6443"];
const folder = temporaryFolder();
const configuration = `${folder}/nginx.conf`;
const active = `${folder}/active.conf`;
const program = (name: string, text: string): void =>
  writeFileSync(`${folder}/${name}`, `#!/bin/bash\n${text}\n`, { mode: 0o755 });

/** Answers in the order of the servers: an HTTP status, "refused" or "silent". */
type Round = readonly (string | number)[];
const line = (answer: string | number, index: number): string =>
  `${String(index)} ${answer === "refused" ? "000 7" : answer === "silent" ? "000 28" : `${String(answer)} 0`}`;

/** Runs the check for these rounds. Returns the servers that are out after each, the reloads, and what was said. */
function checked(...rounds: readonly Round[]) {
  const upstream = servers.map((server) => `    server ${server} max_fails=2 fail_timeout=10s;`);
  writeFileSync(configuration, ["upstream kube {", ...upstream, "}", "server {", "  listen 1;", "}", ""].join("\n"));
  writeFileSync(active, readFileSync(configuration));
  for (const name of ["round", "reloads", "states"]) rmSync(`${folder}/${name}`, { force: true });
  const here = `cd "$(dirname "$0")"; n=$(cat round 2>/dev/null || echo 0)`;
  const answers = rounds.map(
    (round, index) => `${String(index)}) printf '%s\\n' ${round.map((one, at) => `'${line(one, at)}'`).join(" ")} ;;`,
  );
  program("curl", `${here}\ncase $n in\n${answers.join("\n")}\nesac`);
  // The end of a round. After the last one it ends the check.
  program(
    "sleep",
    `${here}; grep -o 'server [^ ]* down' active.conf | cut -d ' ' -f 2 | tr '\\n' ' ' >> states; echo >> states
echo $((n + 1)) > round; [ $((n + 1)) -lt ${String(rounds.length)} ] || kill $PPID`,
  );
  const script = renderTemplate("roles/kube-nginx/templates/kube-nginx-check.hbs", {
    ...{
      configuration,
      active,
      pid: `${folder}/pid`,
      ca: "ca",
      certificate: "crt",
      key: "key",
      interval: 2,
      timeout: 3,
    },
  });
  writeFileSync(`${folder}/pid`, "1\n");
  const reloads = `kill() { echo "$*" >> '${folder.replaceAll("'", "'\\''")}/reloads'; }`;
  const { stdout, stderr } = spawnSync("bash", ["-c", `${reloads}\n${script}`], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder}:${String(process.env.PATH)}` },
  });
  const read = (name: string): string => {
    try {
      return readFileSync(`${folder}/${name}`, "utf8");
    } catch {
      return "";
    }
  };
  const out = read("states")
    .trimEnd()
    .split("\n")
    .map((text) => text.trim());
  return { out, reloads: read("reloads").split("\n").length - 1, said: stdout + stderr };
}

describe("the check of the API servers", () => {
  it("changes nothing while all are ready", () => {
    expect(checked([200, 200, 200], [200, 200, 200])).to.deep.equal({ out: [""], reloads: 0, said: "" });
  });

  it("takes out at once a server that says that it is not ready, or does not listen, and reloads nginx once", () => {
    for (const answer of [500, 403, "refused"]) {
      const { out, reloads, said } = checked([200, answer, 200], [200, answer, 200]);
      expect(out).to.deep.equal([servers[1], servers[1]]);
      expect(reloads).to.equal(1);
      expect(said.match(/leaves the list/g)).to.have.length(1);
    }
  });

  it("takes out a server that does not answer twice, not one that is slow once", () => {
    expect(checked(["silent", 200, 200], ["silent", 200, 200]).out).to.deep.equal(["", servers[0]]);
    expect(checked(["silent", 200, 200], [200, 200, 200], ["silent", 200, 200]).reloads).to.equal(0);
  });

  it("puts a server back once it was ready twice", () => {
    const { out, reloads } = checked([200, 200, 500], [200, 200, 200], [200, 200, 200]);
    expect(out).to.deep.equal([servers[2], servers[2]]);
    expect(reloads).to.equal(2);
    expect(readFileSync(active, "utf8")).to.not.include("down");
  });

  it("leaves all in if none is ready", () => {
    const { out, reloads } = checked([500, 500, 200], [500, 500, 500]);
    expect(out[0]).to.equal(`${servers[0]} ${servers[1]}`);
    expect(reloads).to.equal(2);
    expect(readFileSync(active, "utf8")).to.equal(readFileSync(configuration, "utf8"));
  });
});
