import {
  binary,
  block,
  defineRole,
  directory,
  file,
  flushHandlers,
  handler,
  restart,
  service,
  template,
  unit,
  wait,
} from "kubeplay";
import { certsFolder as certs, onlyRegistries } from "#cluster/registry-folders.ts";
import { authorityFile, hostsToml, isPem, mark } from "./hosts-toml.ts";
import { oneThenMore, steadyFor } from "#cluster/gates.ts";
import { proxyEnvironment } from "#cluster/proxy.ts";
import { programIn, stagedPrograms } from "#cluster/staging.ts";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { noFiles, noUnit } from "#cluster/undo/programs.ts";
import { environmentFile, proxyFile } from "./proxy-file.ts";
import { containerdVariables } from "#cluster/containerd-variables.ts";
import { weights } from "#cluster/weights.ts";

export const containerd = defineRole({
  name: "containerd",
  folder: import.meta.dirname,
  description: "The container runtime, its command line tools, and the mirrors that it pulls images from.",
  vars: containerdVariables,
  undo: ({ vars }) => [
    ...noUnit("containerd"),
    ...noFiles(...[...stagedPrograms.containerd, ...stagedPrograms.runc].map((name) => `${vars.bin_dir}/${name}`)),
    noLeftovers("Remove its configuration", { folder: "/etc/containerd", names: ["*"] }),
    noLeftovers("Remove images and containers", { folder: "/var/lib/containerd", names: ["*"] }),
    noLeftovers("Remove its state", { folder: "/run/containerd", names: ["*"] }),
    noLeftovers("Remove its socket for plugins", { folder: "/run/nri", names: ["nri.sock"] }),
    noLeftovers("Remove the network namespaces of pods", { folder: "/run/netns", names: ["cni-*"] }),
    noLeftovers("Remove its folder for plugins", { folder: "/opt/containerd", names: ["bin", "lib"] }),
  ],
  tasks: ({ vars, inventory, facts }) => {
    const proxied = proxyEnvironment({ vars, inventory });
    const again = handler(
      "Restart containerd",
      restart("Restart containerd", { name: "containerd", timeout: vars.component_patience }),
      wait("Wait until it answers and stays up", {
        what: "containerd answers",
        units: ["containerd"],
        steady: steadyFor,
        until: `timeout 15 ${vars.bin_dir}/ctr version`,
        timeout: vars.component_patience,
      }),
    );
    const program = (name: string, version = vars.containerd_version) =>
      programIn(name, { version, architecture: facts.architecture, binDir: vars.bin_dir });
    const runc = program("runc", vars.runc_version);
    return [
      directory("Make the mirrors' directory", { path: certs, mode: 0o755 }),
      // containerd reads these files at each pull, so a changed mirror restarts nothing.
      ...vars.containerd_mirrors.flatMap((mirror) => [
        directory(`Make the directory of ${mirror.registry}`, { path: `${certs}/${mirror.registry}`, mode: 0o755 }),
        ...(mirror.endpoints.some((endpoint) => endpoint.startsWith("https://"))
          ? [
              file(`Write the authority of the mirrors of ${mirror.registry}`, {
                dest: `${certs}/${mirror.registry}/${authorityFile}`,
                ...(isPem(mirror.ca) ? { content: `${mirror.ca.trim()}\n` } : { state: "absent" }),
              }),
            ]
          : []),
        file(`Write the mirrors of ${mirror.registry}`, {
          dest: `${certs}/${mirror.registry}/hosts.toml`,
          content: hostsToml(mirror),
          ...(mirror.login && { mode: 0o600, secret: true }),
        }),
      ]),
      onlyRegistries("Remove mirrors that are no longer listed", {
        folder: certs,
        mark,
        registries: vars.containerd_mirrors.map(({ registry }) => registry),
        beside: [authorityFile],
      }),
      block(
        "Configure and start containerd",
        // Shims call runc for each step of a container. They keep the path with which a container began: "runc", if that
        // was Debian's package, which stays.
        binary("Install runc", runc),
        // Running shims keep their old program, and ctr has no daemon: only a new containerd requires a restart.
        binary("Install containerd's shim", program("containerd-shim-runc-v2")),
        binary("Install ctr", program("ctr")),
        binary("Install containerd", program("containerd")).notify(again),
        template("Write its configuration", {
          src: "config.toml.hbs",
          dest: "/etc/containerd/config.toml",
          values: {
            sandboxImage: vars.containerd_sandbox_image ?? `registry.k8s.io/pause:${vars.pause_version}`,
            restrictOomScoreAdj: vars.containerd_restrict_oom_score_adj,
            statsInterval: vars.containerd_stats_interval,
            // A rate needs two measurements.
            statsRetention: Math.max(120, 3 * vars.containerd_stats_interval),
            systemdCgroup: vars.containerd_systemd_cgroup,
            runc: runc.dest,
          },
        }).notify(again),
        file("Write its proxy settings", {
          dest: proxyFile,
          ...(Object.keys(proxied).length === 0
            ? { state: "absent" }
            : { content: environmentFile(proxied), mode: 0o600, secret: true }),
        }).notify(again),
        unit("Write its unit", {
          name: "containerd.service",
          src: "containerd.service.hbs",
          values: {
            binDir: vars.bin_dir,
            processors: vars.go_processors,
            proxyFile,
            oomScoreAdjust: vars.containerd_oom_score_adjust,
            weight: weights.containerd,
          },
        }).notify(again),
        service("Start it now and at boot", { name: "containerd", enabled: true, state: "started" }),
        flushHandlers(),
      ).inTurn({ unit: "containerd", serial: oneThenMore(vars) }),
    ];
  },
});
