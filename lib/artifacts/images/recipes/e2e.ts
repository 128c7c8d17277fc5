import { certificates, users, type Ingredients } from "../ingredients.ts";
import type { Recipe } from "../recipe.ts";
import { applets } from "./applets.ts";

/** Tests look for this user and this group in the image itself. */
const agnhostUsers: Recipe["files"] = {
  "/etc/passwd": {
    content: [
      "root:x:0:0:root:/root:/bin/sh",
      "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
      "user-defined-in-image:x:1000:1000::/home/user-defined-in-image:/bin/sh",
      "",
    ].join("\n"),
  },
  "/etc/group": {
    content: [
      "root:x:0:",
      "tty:x:5:",
      "nogroup:x:65534:",
      "user-defined-in-image:x:1000:",
      "group-defined-in-image:x:50000:user-defined-in-image",
      "",
    ].join("\n"),
  },
};

/**
 * The images that the [Conformance] tests of Kubernetes' own suite start, under the names that
 * test/utils/image/manifest.go in its source gives them.
 */
export const e2e = ({ architecture, version, program, part, root }: Ingredients): readonly Recipe[] => {
  const common = { host: "registry.k8s.io", for: ["e2e"], architecture } as const;
  const named = (name: string): string => `e2e-test-images/${name}`;
  const agnhost = {
    ...common,
    base: root("test-tools"),
    entrypoint: ["/agnhost"],
    files: {
      "/agnhost": program("agnhost"),
      "/localhost.crt": part("e2e-image-files", "porter/localhost.crt"),
      "/localhost.key": part("e2e-image-files", "porter/localhost.key"),
      ...agnhostUsers,
    },
    links: { "/agnhost-2": "agnhost" },
    scratch: ["/uploads"],
    note: "Debian's tools instead of Alpine's",
  } as const;
  const busybox = {
    ...common,
    // Debian's busybox has a shell that drops variables named like "data-1", which the suite looks for.
    files: { "/bin/busybox": program("busybox"), "/bin/bash": program("bash"), ...users },
    links: { ...Object.fromEntries(applets.map((name) => [`/bin/${name}`, "busybox"])), "/bin/sh": "bash" },
    scratch: ["/tmp"],
  } as const;
  const picture = (name: string): Recipe => ({
    ...agnhost,
    repository: named(name),
    tags: ["1.8"],
    command: ["test-webserver"],
    files: {
      ...agnhost.files,
      [`/${name}.jpg`]: part("e2e-image-files", `${name}/${name}.jpg`),
      "/data.json": part("e2e-image-files", `${name}/data.json`),
    },
  });
  return [
    {
      ...agnhost,
      // The cluster specs use it too.
      for: ["samples", "e2e"],
      repository: named("agnhost"),
      tags: [version("agnhost_image_version"), "2.55"],
      command: ["pause"],
    },
    picture("nautilus"),
    picture("kitten"),
    { ...busybox, repository: named("busybox"), tags: ["1.37.0-2"], command: ["sh"] },
    { ...busybox, repository: named("nonroot"), tags: ["1.5"], command: ["sh"], user: "1234" },
    {
      ...common,
      repository: named("glibc-dns-testing"),
      tags: ["2.1.1"],
      base: root("test-tools"),
      files: {},
      command: ["bash"],
    },
    {
      ...common,
      repository: named("nginx"),
      tags: ["1.27.0-2", "1.28.0-2"],
      base: root("nginx"),
      files: {},
      links: { "/var/log/nginx/access.log": "/dev/stdout", "/var/log/nginx/error.log": "/dev/stderr" },
      command: ["nginx", "-g", "daemon off;"],
      note: "Debian's nginx, whatever the tag says",
    },
    {
      ...common,
      repository: named("nonewprivs"),
      tags: ["1.4"],
      files: { "/usr/local/bin/nnp": program("nnp"), ...users },
      modes: { "/usr/local/bin/nnp": 0o6755 },
      command: ["nnp"],
    },
    {
      ...common,
      repository: named("sample-apiserver"),
      tags: [version("sample_apiserver_version")],
      files: { "/sample-apiserver": program("sample-apiserver"), ...certificates, ...users },
      entrypoint: ["/sample-apiserver"],
    },
    {
      ...common,
      repository: "etcd",
      tags: ["3.7.0-0"],
      files: { "/usr/local/bin/etcd": program("etcd"), "/usr/local/bin/etcdctl": program("etcdctl"), ...users },
      command: ["/usr/local/bin/etcd"],
      note: `etcd ${version("etcd_version")}, whatever the tag says`,
    },
  ];
};
