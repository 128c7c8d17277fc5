import type { Host } from "kubeplay";
import { parse } from "yaml";
import { flagsIn, type Flags } from "./flags.ts";
import { components, type Component } from "./probe.ts";

export interface FileState {
  readonly path: string;
  /** 0o644 */
  readonly mode: number;
  /** "root:root" */
  readonly owner: string;
  readonly isFolder: boolean;
}

/** What runs on a host, and the files that it uses. */
export interface HostEvidence {
  readonly host: Host;
  /** The flags of the components that run. */
  readonly processes: ReadonlyMap<Component, Flags>;
  /** The paths of each component's unit file and of its drop-ins. */
  readonly units: ReadonlyMap<Component, readonly string[]>;
  /** Configurations by their paths; undefined if one is neither YAML nor JSON. */
  readonly documents: ReadonlyMap<string, unknown>;
  readonly files: ReadonlyMap<string, FileState>;
  /** In PEM, by the path of their file. */
  readonly certificates: ReadonlyMap<string, readonly string[]>;
}

/** Reads the output of the probe. */
export function hostEvidence(host: Host, output: string): HostEvidence {
  const lines = output.split("\n").flatMap((line) => {
    const [word = "", name = "", encoded = ""] = line.split("\t");
    return word === "" ? [] : [{ word, name, text: Buffer.from(encoded, "base64").toString("utf8") }];
  });
  const of = (word: string): [string, string][] =>
    lines.filter((line) => line.word === word).map(({ name, text }) => [name, text]);
  const ofComponents = (word: string): [Component, string][] =>
    of(word).flatMap(([name, text]) => {
      const component = components.find((one) => one === name);
      return component ? [[component, text]] : [];
    });
  const [, files = ""] = of("files")[0] ?? [];
  return {
    host,
    processes: new Map(ofComponents("process").map(([name, text]) => [name, flagsIn(text.split("\0").slice(1, -1))])),
    units: new Map(ofComponents("unit").map(([name, text]) => [name, text.split("\n").filter((path) => path !== "")])),
    documents: new Map(of("document").map(([path, text]) => [path, parsed(text)])),
    certificates: new Map(of("certificates").map(([path, text]) => [path, text.match(pem) ?? []])),
    files: new Map(files.split("\n").flatMap((line) => fileIn(line).map((file) => [file.path, file]))),
  };
}

const pem = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function fileIn(line: string): FileState[] {
  const [, mode = "", owner = "", type, path = ""] = /^(\d+) (\S+) ([^:]*):(.*)$/.exec(line) ?? [];
  return path === "" ? [] : [{ path, mode: parseInt(mode, 8), owner, isFolder: type === "directory" }];
}
