import { createHash } from "node:crypto";
import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Cache, cacheAt, defaultCache, objectFile, type Ref } from "#engine/cache/cache.ts";

const refsOf = ({ refs }: Cache): readonly (readonly [file: string, ref: Ref])[] =>
  readdirSync(refs)
    .filter((file) => file.endsWith(".json"))
    .map((file) => [file, JSON.parse(readFileSync(path.join(refs, file), "utf8")) as Ref] as const);

export interface BrokenRelease {
  /** Its version, and the version whose programs it has but for one. */
  readonly version: string;
  readonly like: string;
  /** The program that is broken, and the shell commands that it runs for anything but --version. */
  readonly program: string;
  readonly does: string;
}

/** A copy of the artifact cache with one more release of Kubernetes. Returns the environment in which it is used. */
export function brokenCache(folder: string, { version, like, program, does }: BrokenRelease): NodeJS.ProcessEnv {
  const [from, to] = [defaultCache(), cacheAt(path.join(folder, "kubeplay"))];
  rmSync(folder, { recursive: true, force: true });
  for (const each of [to.objects, to.refs]) mkdirSync(each, { recursive: true });
  for (const file of readdirSync(from.objects)) link(objectFile(from, file), objectFile(to, file));
  cpSync(from.refs, to.refs, { recursive: true });
  const script = `#!/bin/sh\ncase "$*" in *--version*) echo "Kubernetes v${version}"; exit ;; esac\n${does}\n`;
  const sha256 = createHash("sha256").update(script).digest("hex");
  writeFileSync(objectFile(to, sha256), script, { mode: 0o755 });
  for (const [file, ref] of refsOf(from).filter(([, one]) => one.version === like)) {
    const broken = ref.name === program ? { sha256, size: script.length } : {};
    writeFileSync(
      path.join(to.refs, file.replace(`@${like}-`, `@${version}-`)),
      JSON.stringify({ ...ref, version, ...broken }),
    );
  }
  return { ...process.env, XDG_CACHE_HOME: folder };
}

/** Nothing writes to an object: a hard link costs no space. */
function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    cpSync(from, to);
  }
}
