import { expect } from "chai";
import fc from "fast-check";
import { command, packages, wait } from "kubeplay";
import { quote } from "#engine/shell/quote.ts";
import { keep, namesOf } from "../../lib/engine/resources/keep.ts";
import { host, on } from "../lab/host.ts";
import { holds } from "./holds.ts";
import { cleared, placed, stage, there } from "./scenes.ts";
import { fileName, words } from "./words.ts";

const commands = fc.record({
  name: fileName,
  before: there,
  by: fc.constantFrom("creates", "unless"),
  value: words,
  fails: fc.boolean(),
});

describe("a command", () => {
  holds("runs in its environment if its condition does not hold, and only then", commands, (scene) => {
    const { name, before, by, value, fails } = scene;
    const path = `${stage}/${name}`;
    const run = `printf '%s' "$VALUE" > ${quote(path)}; echo ran >> ${stage}/ran${fails ? "; exit 7" : ""}`;
    const condition =
      by === "creates" ? { creates: path } : { unless: `[ -e ${quote(path)} ] || [ -L ${quote(path)} ]` };
    const isThere = before.type !== "absent";
    const arrange = `${cleared} && ${placed(path, before)}`;
    const task = command("c", { run, ...condition, environment: { VALUE: value } });
    const look = `cat ${stage}/ran 2>/dev/null || echo none`;
    if (fails && !isThere) return { arrange, task, look: "true", refusedLate: /exit code 7/ };
    return {
      arrange,
      task,
      look: isThere ? look : `${look}; base64 -w 0 ${quote(path)}`,
      wanted: isThere ? "none" : `ran\n${Buffer.from(value).toString("base64")}`,
      found: isThere ? [] : [by === "creates" ? path : String(condition.unless)],
    };
  });

  it("without a condition is always a change", async () => {
    const writer = await host("engine-1");
    await on("engine-1", "rm -f /srv/each");
    const task = command("c", { run: "echo ran >> /srv/each" });
    expect(namesOf(await keep(writer, task))).to.deep.equal(["run"]);
    expect(namesOf(await keep(writer, task))).to.deep.equal(["run"]);
    expect(await on("engine-1", "cat /srv/each")).to.equal("ran\nran");
  });
});

describe("a wait", () => {
  holds(
    "ends when its condition holds, now or later, and fails if it never does",
    fc.record({ comes: fc.constantFrom("now", "later", "never") }),
    ({ comes }) => {
      const come = { now: "touch /srv/come", later: "systemd-run -q sh -c 'sleep 1; touch /srv/come'", never: ":" }[
        comes
      ];
      return {
        arrange: `rm -f /srv/come && ${come}`,
        task: wait("w", { until: "test -e /srv/come", timeout: comes === "never" ? 1 : 10, every: 0.1 }),
        look: "ls /srv/come 2>/dev/null || echo none",
        ...(comes === "never" ? { refusedLate: /timed out after 1 s/ } : { wanted: "/srv/come", found: [] }),
      };
    },
    { runs: 5 },
  );
});

describe("packages", () => {
  const some = ["hello", "sl", "tree"] as const;

  holds(
    "are installed and removed, and no others",
    fc.record({ before: fc.subarray([...some]), names: fc.subarray([...some], { minLength: 1 }) }),
    ({ before, names }) => {
      const installed =
        "dpkg-query -W -f '${db:Status-Status} ${Package}\\n' hello sl tree 2>/dev/null | grep '^installed' | cut -d ' ' -f 2 | sort";
      const others = before.filter((name) => !names.includes(name));
      return {
        arrange: `dpkg --purge ${some.join(" ")} >/dev/null 2>&1; ${before.length === 0 ? ":" : `{ [ -e /var/lib/kubeplay/apt-updated ] || apt-get -qq update; } && apt-get install -qq -y ${before.join(" ")} >/dev/null 2>&1`}`,
        task: packages("p", { names }),
        look: installed,
        wanted: [...new Set([...before, ...names])].sort().join("\n"),
        found: names.filter((name) => !before.includes(name)),
        undo: { task: packages("p", { names, state: "absent" }), wanted: others.sort().join("\n") },
      };
    },
    { runs: 4 },
  );
});
