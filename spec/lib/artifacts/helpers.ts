import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile, chmod } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { cacheAt, type Cache } from "#engine/cache/cache.ts";
import type { Component } from "#artifacts/catalogue/component.ts";
import { want, type WantedComponent } from "#artifacts/catalogue/wanted.ts";

export const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** The first bytes of a program for Linux on amd64, and a text. */
export const program = (text: string): string => `\x7fELF\x02\x01\x01${"\0".repeat(9)}\x02\0\x3e\0${text}`;

export interface Workshop {
  readonly folder: string;
  readonly cache: Cache;
  /** The project's pins, which no run writes. */
  readonly lockFile: string;
  /** The user's own pins. */
  readonly ownLockFile: string;
  file(name: string, content: string, mode?: number): Promise<string>;
  remove(): Promise<void>;
}

export async function makeWorkshop(): Promise<Workshop> {
  const folder = await mkdtemp(path.join(tmpdir(), "kubeplay-spec-"));
  return {
    folder,
    cache: cacheAt(path.join(folder, "cache")),
    lockFile: path.join(folder, "artifacts.lock.json"),
    ownLockFile: path.join(folder, ".kubeplay", "artifacts.lock.json"),
    file: async (name, content, mode = 0o644) => {
      const file = path.join(folder, name);
      await writeFile(file, content);
      await chmod(file, mode);
      return file;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const listed = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** Nothing under a final name, nothing half done, nothing pinned. */
export function expectNothing({ cache, lockFile, ownLockFile }: Workshop): void {
  expect(listed(cache.refs)).to.deep.equal([]);
  expect(listed(cache.objects)).to.deep.equal([]);
  expect(listed(cache.work)).to.deep.equal([]);
  expect(existsSync(lockFile)).to.equal(false);
  expect(existsSync(ownLockFile)).to.equal(false);
}

export interface Upstream {
  readonly url: string;
  readonly requests: string[];
  close(): Promise<void>;
}

/** An HTTP server on a free port of the loopback. */
export async function serve(handler: RequestListener): Promise<Upstream> {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    handler(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A component of two binaries that are published one by one. */
export const tool: Component = {
  name: "tool",
  variable: "tool_version",
  binaries: ["tool", "toolctl"],
  upstream: {
    file: "https://releases.example/v{version}/{arch}/{binary}",
    checksum: "https://releases.example/v{version}/{arch}/{binary}.sha256",
  },
  build: {
    kind: "go",
    requires: ["example.org/tool/v2 v{version}"],
    packages: { tool: "example.org/tool/v2", toolctl: "example.org/tool/v2/cmd/toolctl" },
    stamps: { "example.org/tool/v2/version.Version": "v{version}" },
  },
};

export const wantTool = (component: Component = tool): WantedComponent =>
  want(component, { tool_version: "2.1.0" }, "amd64");

/** Three tries without a pause; a server that is slow because the machine is busy is not given up. */
export const hasty = { tries: 3, delay: 0, stall: 30_000 };

export const failure = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("expected a failure, but it succeeded");
};
