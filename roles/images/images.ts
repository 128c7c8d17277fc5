/** One file of an image: a binary of the artifact cache, or a file of the controller. */
export type Origin = { readonly artifact: string } | { readonly file: string };

/** All that an image is made of. The same recipe and the same inputs give the same bytes. */
export interface Recipe {
  /** Where it is in the registry; a mirror of registry.k8s.io has it under the same path. */
  readonly repository: string;
  readonly tag: string;
  readonly architecture: string;
  readonly entrypoint: readonly string[];
  readonly command?: readonly string[];
  /** uid:gid; root where absent. */
  readonly user?: string;
  /** Absolute path → what is there. */
  readonly files: Readonly<Record<string, Origin>>;
  /** Absolute path → target. */
  readonly links?: Readonly<Record<string, string>>;
  /** Absolute paths of empty folders that everybody may write to. */
  readonly scratch?: readonly string[];
}

export interface ImageVersions {
  readonly pause: string;
  readonly coredns: string;
  readonly kubernetes: string;
  readonly agnhostImage: string;
}

/** What a shell session in a test pod wants. */
const applets = [
  "sh",
  "cat",
  "ls",
  "ps",
  "env",
  "hostname",
  "ip",
  "nc",
  "netstat",
  "nslookup",
  "ping",
  "sleep",
  "wget",
];

const busyboxFiles = (busybox: string): Pick<Recipe, "files" | "links"> =>
  busybox === ""
    ? { files: {} }
    : {
        files: { "/bin/busybox": { file: busybox } },
        links: Object.fromEntries(applets.map((name) => [`/bin/${name}`, "busybox"])),
      };

/** The images that a cluster without the world's registries needs. `busybox` is a static one on the controller, or "". */
export function recipes(versions: ImageVersions, architecture: string, busybox = ""): readonly Recipe[] {
  const artifact = (name: string, version: string): Origin => ({
    artifact: `${name}@${version}/${architecture}`,
  });
  const shell = busyboxFiles(busybox);
  return [
    {
      repository: "pause",
      tag: versions.pause,
      architecture,
      entrypoint: ["/pause"],
      user: "65535:65535",
      files: { "/pause": artifact("pause", versions.pause) },
    },
    {
      // Runs as root, unlike the official one: a plain tar layer cannot carry the file capability for port 53.
      repository: "coredns/coredns",
      tag: `v${versions.coredns}`,
      architecture,
      entrypoint: ["/coredns"],
      files: {
        "/coredns": artifact("coredns", versions.coredns),
        "/etc/ssl/certs/ca-certificates.crt": { file: "/etc/ssl/certs/ca-certificates.crt" },
      },
    },
    {
      repository: "e2e-test-images/agnhost",
      tag: versions.agnhostImage,
      architecture,
      entrypoint: ["/agnhost"],
      command: ["pause"],
      files: { "/agnhost": artifact("agnhost", versions.kubernetes), ...shell.files },
      ...(shell.links ? { links: shell.links } : {}),
      scratch: ["/tmp"],
    },
  ];
}
