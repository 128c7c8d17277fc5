import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import path from "node:path";
import { createHash } from "node:crypto";
import { clockSkew, type Asked } from "./clock-skew.ts";
import type { Facts } from "./types.ts";

/** Reads all facts at once, with about fifteen small processes. A fact that a host lacks leaves its section empty. */
export const factsScript = readFileSync(path.join(import.meta.dirname, "facts.sh"), "utf8").trimEnd();

const architectures: ReadonlyMap<string, string> = new Map([
  ["x86_64", "amd64"],
  ["aarch64", "arm64"],
]);

/** 0 for what is no number. */
const numberIn = (text: string): number => (Number.isFinite(Number(text)) ? Number(text) : 0);

/** The values of systemd-detect-virt that mean a container. */
const containers = /^(openvz|lxc|lxc-libvirt|systemd-nspawn|docker|podman|rkt|wsl|proot|pouch|container-other)$/;

export function parseFacts(stdout: string, asked: Asked): Facts {
  const sections = new Map(stdout.split("\n@@ ").slice(1).map(splitAt("\n")));
  const text = (name: string): string => sections.get(name)?.trim() ?? "";
  const lines = (name: string): string[] => text(name).split("\n").filter(Boolean);
  const rows = (name: string): string[][] => lines(name).map((line) => line.trim().split(/\s+/));

  const os = new Map(lines("os").map(splitAt("=")));
  const ofRelease = (key: string): string => (os.get(key) ?? "").replace(/^(["'])(.*)\1$/, "$2");
  const memory = new Map(lines("memory").map(splitAt(":")));
  const bytes = (key: string): number => numberIn((memory.get(key) ?? "").replace(/ kB$/, "")) * 1024;
  const [kernel = "", machine = ""] = text("kernel").split(" ");
  const virtualization = text("virtualization") || "none";
  const defaultInterface = /\bdev (\S+)/.exec(text("route"))?.[1];
  return {
    hostname: text("hostname"),
    os: {
      id: ofRelease("ID"),
      version: ofRelease("VERSION_ID"),
      codename: ofRelease("VERSION_CODENAME"),
      name: ofRelease("PRETTY_NAME"),
    },
    kernel,
    architecture: architectures.get(machine) ?? machine,
    cpus: numberIn(text("cpus")),
    memory: bytes("MemTotal"),
    swap: bytes("SwapTotal"),
    cgroup: text("cgroup") === "cgroup2fs" ? 2 : 1,
    virtualization,
    container: containers.test(virtualization),
    machineId: text("machine"),
    clockSkew: clockSkew(numberIn(text("date")), asked),
    addresses: rows("addresses").flatMap(readAddress),
    ...(defaultInterface !== undefined && { defaultInterface }),
    free: Object.fromEntries(lines("free").flatMap(readFree)),
    stubResolver: text("stub") !== "",
    systemd: text("systemd") === "yes",
    kernelModules: moduleNames(text("modules")),
    user: text("user"),
    selinux: selinuxOf(text("selinux")),
    apparmor: text("apparmor") === "Y",
  };
}

/** Without a policy, the file does not exist. */
const selinuxOf = (enforce: string): Facts["selinux"] =>
  enforce === "1" ? "enforcing" : enforce === "0" ? "permissive" : "disabled";

const splitAt =
  (separator: string) =>
  (line: string): [string, string] => {
    const index = line.indexOf(separator);
    return index < 0 ? [line, ""] : [line.slice(0, index), line.slice(index + separator.length).trim()];
  };

/** `2: eth0    inet 10.0.0.1/24 brd …`; a point-to-point link has its peer between address and prefix. */
function readAddress([, device, family, cidr]: string[]): Facts["addresses"][number][] {
  const [address, prefix] = cidr?.split("/") ?? [];
  const length = prefix ?? (family === "inet" ? "32" : "128");
  // Other hosts are configured with this address, so it must be one whatever the host prints.
  if (!device || !address || isIP(address) === 0 || !/^\d{1,3}$/.test(length)) return [];
  if (address === "::1" || address.startsWith("127.")) return [];
  return [{ interface: device, address, prefix: Number(length) }];
}

/** A mount point may have spaces in its name. */
function readFree(line: string): [string, number][] {
  const [, available, name] = /^\s*(\d+) +(\/.*)$/.exec(line) ?? [];
  return name === undefined ? [] : [[name.trimEnd(), numberIn(available ?? "")]];
}

/** Hosts with the same kernel have the same thousands of names, so they share one list. */
const known = new Map<string, readonly string[]>();

function moduleNames(text: string): readonly string[] {
  const key = createHash("sha256").update(text).digest("hex");
  const names = known.get(key) ?? readModules(text);
  known.set(key, names);
  return names;
}

/** `/sys/module/overlay/`, `kernel/net/bridge/br_netfilter.ko.xz`; always with _ for -, as in the kernel. */
function readModules(text: string): readonly string[] {
  const names = text.split("\n").flatMap((line) => {
    const name = /([^/]+?)(?:\.ko(?:\.\w+)?)?\/?$/.exec(line)?.[1];
    return name === undefined || name === "*" ? [] : [name.replaceAll("-", "_")];
  });
  return [...new Set(names)].sort();
}
