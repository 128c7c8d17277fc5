import { defineResource, queries } from "kubeplay";
import { crossCompilers } from "#artifacts/sources/compiler.ts";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import { installPackages, installTimeout } from "./tools.ts";

export interface ForeignProps {
  readonly architecture: Architecture;
}

const registered = "/proc/sys/fs/binfmt_misc";
const interpreters: Readonly<Record<Architecture, string>> = { amd64: "qemu-x86_64", arm64: "qemu-aarch64" };

/** Debian 12 registers interpreters with update-binfmts, Debian 13 with systemd-binfmt. */
const interpret = (interpreter: string): string => `set -e
${installPackages("arch-test binfmt-support qemu-user-static")}
mountpoint -q ${registered} || mount -t binfmt_misc binfmt_misc ${registered}
! update-binfmts --display ${interpreter} >/dev/null 2>&1 || update-binfmts --enable ${interpreter}
[ ! -e /usr/lib/binfmt.d/${interpreter}.conf ] || /usr/lib/systemd/systemd-binfmt ${interpreter}.conf`;

/**
 * Lets this machine run and compile another architecture's programs. QEMU interprets those that build a root file
 * system. A cross compiler builds the one program of the cluster that is not written in Go.
 */
export const foreignPrograms = defineResource({
  kind: "foreign programs",
  label: (p: ForeignProps) => p.architecture,
  needs: (p) => ({
    run: queries.probe(`arch-test ${p.architecture}`),
    compile: queries.probe(`command -v ${crossCompilers[p.architecture].cc}`),
  }),
  diff: ({ run, compile }, p) => [
    ...(run ? [] : [{ what: `${p.architecture} programs`, before: "refused", after: "interpreted" }]),
    ...(compile ? [] : [{ what: crossCompilers[p.architecture].cc, before: "absent", after: "installed" }]),
  ],
  apply: (_differences, { run, compile }, { architecture }) => [
    ...(run ? [] : [{ sh: interpret(interpreters[architecture]), timeout: installTimeout }]),
    ...(compile ? [] : [{ sh: installPackages(crossCompilers[architecture].packages), timeout: installTimeout }]),
  ],
  forecast: () => ({ run: true, compile: true }),
});
