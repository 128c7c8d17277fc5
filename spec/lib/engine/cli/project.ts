import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";

const program = path.resolve("lib/engine/cli/kubeplay.mjs");

/** A project of its own in a folder, whose only host is this machine. */
export class Project {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
    this.write("hosts.yaml", "all: { hosts: { here: { ansible_connection: local } } }\n");
    mkdirSync(this.at("node_modules"), { recursive: true });
    symlinkSync(path.resolve("."), this.at("node_modules/kubeplay"));
    symlinkSync(path.resolve("node_modules/typebox"), this.at("node_modules/typebox"));
  }

  at(name: string): string {
    return path.join(this.root, name);
  }

  write(name: string, text: string): void {
    mkdirSync(path.dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), text);
  }

  /** A role of this name with these tasks, as TypeScript, and a playbook of the same name that plays it on all hosts. */
  role(name: string, tasks: string, more = ""): void {
    this.write(
      `roles/${name}/index.ts`,
      `import * as kubeplay from "kubeplay";
${more}
export const ${name} = kubeplay.defineRole({ name: "${name}", description: "", vars: {}, tasks: () => [${tasks}] });`,
    );
    this.playbook(name, name);
  }

  /** A playbook that plays roles, one play each. */
  playbook(name: string, ...roles: readonly string[]): void {
    const imports = roles.map((role) => `import { ${role} } from "../roles/${role}/index.ts";`);
    const plays = roles.map((role) => `play({ name: "Play ${role}", hosts: "all", roles: [${role}] })`);
    this.write(
      `playbooks/${name}.ts`,
      `import { play, playbook } from "kubeplay";
${imports.join("\n")}
export default playbook([${plays.join(", ")}]);`,
    );
  }

  /** Runs the program as a user does. */
  play(
    args: readonly string[],
    { environment = {}, input = "" }: { environment?: Readonly<Record<string, string>>; input?: string } = {},
  ): { code: number; output: string } {
    const env = { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1", ...environment };
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: this.root,
      env,
      encoding: "utf8",
      timeout: 100_000,
      killSignal: "SIGKILL",
      input,
    });
    return { code: status ?? -1, output: stdout + stderr };
  }
}
