import { defineResource, queries, quote } from "kubeplay";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import { imageName } from "../image.ts";
import { makeRoot, rootName, vmRoot } from "../root.ts";
import { machineRoot } from "./machine.ts";

export interface SeedProps {
  readonly cache: string;
  readonly architecture: Architecture;
}

/** The folder with the files that a virtual machine starts from: root.img, vmlinuz and initrd. */
export const seedOf = ({ cache, architecture }: SeedProps): string => `${cache}/vm-${rootName(vmRoot(architecture))}`;

/** mke2fs of the virtual machine's container writes the root into the file system: it reads archives since 1.47.1. */
const build = (p: SeedProps): string => `set -eu
seed=${quote(seedOf(p))}
${makeRoot(vmRoot(p.architecture), `${seedOf(p)}.tar`)}
rm -rf "$seed.new"
mkdir "$seed.new"
tar --extract --file "$root" --directory "$seed.new" --strip-components 2 --wildcards './boot/vmlinuz-*' './boot/initrd.img-*'
mv "$seed.new"/vmlinuz-* "$seed.new/vmlinuz"
mv "$seed.new"/initrd.img-* "$seed.new/initrd"
podman --runtime runc run --rm --network none --ulimit nofile=20000:20000 --ulimit nproc=4096:4096 --env LC_ALL=C.UTF-8 \\
  --volume "$seed.new:/new" --volume "$root:/root.tar:ro" ${quote(imageName(machineRoot(p.architecture)))} \\
  sh -c 'truncate -s 3G /new/root.img && mke2fs -q -t ext4 -d /root.tar /new/root.img'
mv "$seed.new" "$seed"
rm -f "$root"`;

/** The disk and the kernel that virtual machines start from, kept in the cache. */
export const labSeed = defineResource({
  kind: "lab seed",
  label: (p: SeedProps) => seedOf(p),
  needs: (p) => ({ exists: queries.probe(`test -e ${quote(`${seedOf(p)}/root.img`)}`) }),
  diff: ({ exists }, p) => (exists ? [] : [{ what: "seed", before: undefined, after: seedOf(p) }]),
  // Another architecture's programs are emulated: a minute becomes ten.
  apply: (_differences, _now, p) => [{ sh: build(p), timeout: 2700 }],
  forecast: () => ({ exists: true }),
});
