import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Writer } from "../../connection/types.ts";
import { TaskError } from "../../errors.ts";
import { shownPath } from "../../files.ts";
import { controllerFile, type ControllerFileState } from "../../queries/controller-file.ts";
import { words } from "../../queries/keys.ts";
import { covered } from "../../schema/covered.ts";
import { quote } from "../../shell/quote.ts";
import type { ConnectionStep, Surroundings } from "../../tasks/resource.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import {
  conditionalRules,
  conditionDifferences,
  conditionsAfter,
  conditionsOf,
  judged,
  locatedConditions,
  outputOf,
  type Conditional,
  type Conditions,
} from "./conditional.ts";

/** The properties of `script`. */
export interface ScriptProps extends Conditional {
  /** A file on the controller: absolute, or in the role's files/ folder. Its first line names its interpreter. */
  readonly src: string;
  /** Its arguments, which every user of the host can read: a secret belongs into `environment`. */
  readonly args?: readonly string[];
}

interface ScriptNow extends Conditions {
  readonly source: ControllerFileState;
}

/** It travels with its command. */
const largest = 1024 * 1024;

/**
 * A script of the controller that runs on the host, where no copy of it stays. It runs unless its condition, `creates`
 * or `unless`, holds; without a condition it is always a change. Its output is a CommandOutput. Fails with TaskError if
 * the script fails, and if it is not on the controller or larger than 1 MiB.
 *
 * @example
 * script("Set the app up", { src: "setup.sh", args: ["--quiet"], creates: "/var/lib/app/ready" });
 */
export const script = defineResource({
  kind: "script",
  props: { ...conditionalRules, src: prop.text, args: prop.optional(prop.listOf(prop.text)) },
  label: (p: ScriptProps) => (p.secret ? covered : shownPath(p.src)),
  locate: (p, roleFolder) => {
    words(p.args ?? []);
    return locatedConditions({ ...p, src: path.resolve(roleFolder, "files", p.src) });
  },
  needs: (p) => ({ ...conditionsOf(p), source: controllerFile(p.src) }),
  diff: ({ source, ...now }: ScriptNow, p) => {
    if (!source) throw new TaskError(`${p.src} is not a file on the controller, expected a script`);
    if (source.size > largest)
      throw new TaskError(
        `${p.src} has ${String(source.size)} bytes, expected at most ${String(largest)}: copy it with file, and run it with command`,
      );
    return conditionDifferences(now, p, [shownPath(p.src), ...(p.args ?? [])].join(" "));
  },
  apply: (_found, { source }, p) => [running(p, source?.sha256 ?? "")],
  judge: judged,
  output: (_now, _p, results) => outputOf(results),
  forecast: ({ source, ...now }) => ({ ...conditionsAfter(now), source }),
  effects: () => ["everything"],
  hint: () =>
    "the script runs in a folder of its own in /tmp, or where TMPDIR of its environment says, which must allow programs",
});

const running = (p: ScriptProps, sha256: string): ConnectionStep => ({
  about: [sha256, p.args, p.environment],
  ...(p.failedWhen && { mayFail: true }),
  overConnection: async (writer: Writer, { environment, limit = p.timeout, progress }: Surroundings) => {
    const bytes = await readFile(p.src);
    // A file to come has no digest yet.
    if (/^[0-9a-f]{64}$/.test(sha256) && createHash("sha256").update(bytes).digest("hex") !== sha256)
      throw new TaskError(`${p.src} was changed while the play ran: play again`);
    return writer.run(carried(path.basename(p.src), bytes, p.args), {
      ownPipes: true,
      environment: { ...environment, ...p.environment },
      ...(limit !== undefined && { timeout: limit }),
      onOutput: (text) => {
        progress(text.trimEnd().split("\n").at(-1) ?? "");
      },
    });
  },
});

/** What is in the script is on no command line. The folder goes when the shell ends. It has the umask, the folder and the signals of a command. */
const carried = (name: string, bytes: Uint8Array, args: readonly string[] = []): string => `
kubeplay_mask=$(umask) kubeplay_from=$PWD
umask 077
cd -- "\${TMPDIR:-/tmp}" && kubeplay_apart && base64 -d > ./${quote(name)} << 'end of script' && chmod 700 ./${quote(name)} || exit
${Buffer.from(bytes).toString("base64").replace(/.{76}/g, "$&\n")}
end of script
kubeplay_script=$PWD/${quote(name)}
(trap - PIPE HUP TERM EXIT; umask "$kubeplay_mask"; cd -- "$kubeplay_from" && exec "$kubeplay_script" ${words(args)})
exit`;
