import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Recipe } from "#artifacts/images/recipe.ts";

export interface Fixture {
  readonly folder: string;
  /** Puts a binary into the artifact cache; the ref is "name@version". */
  artifact(ref: string, content: string | Uint8Array, architecture?: "amd64" | "arm64"): Promise<void>;
  remove(): Promise<void>;
}

/** A folder whose cache/ is the artifact cache until the fixture is removed. */
export async function makeFixture(): Promise<Fixture> {
  const folder = await mkdtemp(path.join(tmpdir(), "kubeplay-spec-"));
  const before = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = path.join(folder, "cache");
  const cache = path.join(folder, "cache", "kubeplay");
  await mkdir(path.join(cache, "objects"), { recursive: true });
  await mkdir(path.join(cache, "refs"));
  return {
    folder,
    artifact: async (ref, content, architecture = "amd64") => {
      const sha256 = createHash("sha256").update(content).digest("hex");
      const object = path.join(cache, "objects", sha256);
      await writeFile(object, content);
      await chmod(object, 0o755);
      await writeFile(
        path.join(cache, "refs", `${ref}-linux-${architecture}.json`),
        JSON.stringify({ sha256, size: content.length, source: "build" }),
      );
    },
    remove: async () => {
      if (before === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = before;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const recipeWith = (file: string): Recipe => ({
  host: "registry.example",
  repository: "tools/tool",
  tags: ["v1"],
  for: ["base"],
  architecture: "amd64",
  entrypoint: ["/tool"],
  user: "65535:65535",
  files: {
    "/tool": { artifact: "tool@1.0.0/amd64" },
    "/etc/tool/tool.conf": { file },
    "/etc/motd": { content: "hello\n" },
  },
  links: { "/bin/sh": "tool" },
  scratch: ["/tmp"],
});
