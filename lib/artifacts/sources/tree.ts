import { chmod, cp, mkdir, open, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import { digestInIndex } from "./chart-index.ts";
import type { Paths, TreeArchive, TreeBuild } from "../catalogue/component.ts";
import type { FetchedFiles, FetchRequest } from "./fetch-request.ts";
import { downloadText } from "./download.ts";
import { downloadModule } from "./go-build.ts";
import { mirrored } from "./mirror.ts";
import { downloadRelease } from "./release-file.ts";
import { unpack } from "./unpack.ts";
import { describe, fill } from "../catalogue/wanted.ts";

async function isScript(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString("latin1") === "#!";
  } finally {
    await handle.close();
  }
}

/** Modules and archives keep different modes, or none: a file is executable if it begins like a script. */
async function settleModes(name: string): Promise<void> {
  const isFolder = (await stat(name)).isDirectory();
  await chmod(name, isFolder || (await isScript(name)) ? 0o755 : 0o644);
  if (isFolder) for (const entry of await readdir(name)) await settleModes(path.join(name, entry));
}

/** Packs these paths of a folder into one .tgz whose bytes depend only on theirs. */
export async function packTree(from: string, paths: Paths, work: string, to: string): Promise<void> {
  const root = path.join(work, "tree");
  for (const [name, source] of Object.entries(paths)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await cp(path.join(from, source), path.join(root, name), { recursive: true });
  }
  await settleModes(root);
  const fixed = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];
  const names = [...new Set(Object.keys(paths).map((name) => name.split("/")[0] ?? ""))].sort();
  const { exitCode, stderr } = await $({
    quiet: true,
    nothrow: true,
  })`tar ${fixed} --use-compress-program=${"gzip -n -9"} --directory ${root} -cf ${to} -- ${names}`;
  if (exitCode !== 0) throw new PlayError(`${to}: cannot be packed: ${stderr.trim()}`);
}

async function packed(
  request: FetchRequest,
  from: string,
  paths: Paths,
  provenance: Pick<FetchedFiles, "source" | "origin">,
): Promise<FetchedFiles> {
  const { wanted, folder, at } = request;
  const [name = ""] = wanted.component.binaries;
  const file = path.join(folder, `${name}.tgz`);
  at(`packing ${describe(wanted)}`);
  const filled = Object.entries(paths).map(([to, source]) => [to, fill(source, wanted)] as const);
  await packTree(from, Object.fromEntries(filled), folder, file);
  return { ...provenance, files: { [name]: file } };
}

/** Packs a tree from a Go module, which is verified by the module proxy's checksums. */
export async function treeOfModule(request: FetchRequest, build: TreeBuild): Promise<FetchedFiles> {
  const { Dir } = await downloadModule(request, build.module);
  return packed(request, Dir, build.paths, { source: "build", origin: "module" });
}

/** Packs a tree from a released archive. */
export async function treeOfArchive(request: FetchRequest, { tree, paths, index }: TreeArchive): Promise<FetchedFiles> {
  const { wanted, folder, at, patience, signal } = request;
  const archive = path.join(folder, "archive");
  at(`downloading ${fill(tree, wanted)}`);
  const got = await downloadRelease(request, fill(tree, wanted), archive, async () => {
    if (!index) return undefined;
    const from = mirrored(index.url, wanted, request);
    const text = await downloadText(from, patience, signal);
    return { digest: digestInIndex(text, index.chart, fill(index.version, wanted), from), from };
  });
  const out = path.join(folder, "out");
  await mkdir(out);
  const members = Object.values(paths).map((member) => fill(member, wanted));
  await unpack(archive, members, out);
  const files = await packed(request, out, paths, { source: "upstream", origin: "upstream" });
  // A forge packs a source archive anew at each request: its content is pinned, and not its bytes.
  return index ? { ...files, downloads: got } : files;
}
