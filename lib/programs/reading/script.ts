import { defineQuery } from "kubeplay";

/**
 * The output of a shell script that only reads, for programs beside `play`. The key is the script; a failure of the script is its empty
 * or partial output.
 *
 * @example
 * onHosts: () => ({ disks: script("df -Pk") }),
 */
export const script = defineQuery<string>({
  kind: "script that reads",
  ask: (keys) => keys.map((key) => `(\n${key}\n) </dev/null 2>/dev/null | base64 -w 0; echo`).join("\n"),
  parse: (stdout, keys) => {
    const lines = stdout.split("\n");
    return new Map(keys.map((key, index) => [key, Buffer.from(lines[index] ?? "", "base64").toString("utf8")]));
  },
  volatile: true,
  runsCommands: true,
});
