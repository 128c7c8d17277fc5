import fc from "fast-check";
import { kernelModule, sysctl } from "kubeplay";
import { holds } from "./holds.ts";
import { base64 } from "./words.ts";

const name = "net.ipv4.ip_default_ttl";
const file = "/etc/sysctl.d/90-spec.conf";
const lines = fc.array(
  fc.constantFrom("# of others", "vm.swappiness = 10", `${name} = 7`, `${name}=8`, "", "kernel.panic=1"),
  { maxLength: 4 },
);

const parameters = fc.record({
  live: fc.integer({ min: 60, max: 66 }),
  /** The contents of its file, if there is one. */
  text: fc.option(
    fc.tuple(lines, fc.boolean()).map(([all, ended]) => all.join("\n") + (ended ? "\n" : "")),
    { nil: undefined },
  ),
  value: fc.integer({ min: 60, max: 66 }),
  asText: fc.boolean(),
  atLeast: fc.boolean(),
});

const isOfOthers = (line: string): boolean => line.trim() !== "" && !line.startsWith(name);

describe("a parameter of the kernel", () => {
  holds("is set now and at boot, keeps other lines, and loses its own line when it is removed", parameters, (scene) => {
    const { live, text, value, asText, atLeast } = scene;
    const write = text === undefined ? "" : ` && echo ${base64(text)} | base64 -d > ${file}`;
    const stays = atLeast && live > value;
    const others = (text ?? "").split("\n").filter(isOfOthers);
    const look = `cat /proc/sys/net/ipv4/ip_default_ttl; grep -c '^${name}' ${file} 2>/dev/null || :; grep -v '^${name}' ${file} 2>/dev/null | grep . || :`;
    const ownBefore = (text ?? "").split("\n").filter((line) => line.startsWith(name)).length;
    const own = stays ? (text === undefined ? [] : [String(ownBefore)]) : ["1"];
    const left = others.length > 0 ? ["0", ...others] : [];
    // A file without the parameter's own line is left unchanged.
    const unchanged = stays && ownBefore === 0 && text !== undefined;
    return {
      arrange: `rm -f ${file} && sysctl -qw ${name}=${String(live)}${write}`,
      task: sysctl("s", { name, value: asText ? ` ${String(value)} ` : value, atLeast, file: "90-spec" }),
      look,
      wanted: [String(stays ? live : value), ...own, ...others].join("\n"),
      undo: {
        task: sysctl("s", { name, file: "90-spec", state: "absent" }),
        wanted: [String(stays ? live : value), ...(unchanged ? ["0", ...others] : left)].join("\n"),
      },
    };
  });
});

/**
 * All containers share this machine's kernel and may not load or unload modules. Loading cannot be tested here; modules
 * that are built in, missing, or left in a file can.
 */
const modules = fc.record({ builtIn: fc.boolean(), kept: fc.boolean(), wanted: fc.constantFrom("present", "absent") });

describe("a module of the kernel", () => {
  holds(
    "needs nothing if it is built in, is refused if it does not exist, and its leftover file is removed",
    modules,
    ({ builtIn, kept, wanted }) => {
      const module = builtIn ? "tcp_cubic" : "no_such_module";
      const at = `/etc/modules-load.d/${module}.conf`;
      const arrange = `rm -f ${at}${kept ? ` && echo ${module} > ${at}` : ""}`;
      const task = kernelModule("m", { name: module, state: wanted });
      const look = `ls ${at} 2>/dev/null || echo none`;
      if (wanted === "present" && !builtIn) return { arrange, task, look, refusedLate: /the kernel has no module/ };
      const gone = wanted === "absent" && kept;
      return { arrange, task, look, wanted: kept && !gone ? at : "none", found: gone ? ["state"] : [] };
    },
    { runs: 8 },
  );
});
