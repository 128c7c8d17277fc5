import { expect } from "chai";
import fc from "fast-check";
import { existsSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import path from "node:path";
import { authorizedKeysOf } from "#engine/queries/authorized-keys.ts";
import { dropIns } from "#engine/queries/drop-ins.ts";
import { found } from "#engine/queries/found.ts";
import { gitCheckout } from "#engine/queries/git-checkout.ts";
import { gitRemote } from "#engine/queries/git-remote.ts";
import * as queries from "#engine/queries/index.ts";
import { moduleDenials } from "#engine/queries/module-denials.ts";
import { sysctlSettings } from "#engine/queries/sysctl-settings.ts";
import { tree } from "#engine/queries/tree.ts";
import { unpacked } from "#engine/queries/unpacked.ts";
import type { Reader } from "#engine/connection/types.ts";
import { PlayError } from "#engine/errors.ts";
import { alternative } from "#engine/queries/alternative.ts";
import { packageCandidate } from "#engine/queries/package-candidate.ts";
import { packageLists } from "#engine/queries/package-lists.ts";
import { aptUpgrades } from "#engine/queries/apt-upgrades.ts";
import { debconf } from "#engine/queries/debconf.ts";
import { debFile } from "#engine/queries/deb-file.ts";
import { names } from "#engine/queries/entries.ts";
import { locale } from "#engine/queries/locale.ts";
import { ownConnection } from "#engine/queries/own-connection.ts";
import { password } from "#engine/queries/password.ts";
import { people } from "#engine/queries/people.ts";
import { postgresDatabase } from "#engine/queries/postgres-database.ts";
import { postgresPassword } from "#engine/queries/postgres-password.ts";
import { postgresRole } from "#engine/queries/postgres-role.ts";
import { pythonPackage } from "#engine/queries/python-package.ts";
import type { Query } from "#engine/queries/define.ts";
import { Overlay } from "#engine/runner/state/overlay.ts";
import { States } from "#engine/runner/state/states.ts";
import { always } from "../../../always.ts";
import { fileName, hostileBytes, hostileText, linkTarget } from "../../../hostile.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";

const entry = fc.oneof(
  fc.record({ name: fileName, content: hostileBytes }),
  fc.record({ name: fileName, target: linkTarget }),
  fc.record({ name: fileName, target: fc.constantFrom("\n0\n", "f\t/other\t", "d\n/other\n") }),
  fileName.map((own) => ({ name: own, target: own })),
);
const folders = fc.uniqueArray(entry, { minLength: 1, maxLength: 6, selector: (one) => one.name });

/** Where a text is not UTF-8 is no concern here. */
const shownOf = (state: unknown): unknown =>
  typeof state === "object" && state !== null && "wrong" in state ? { ...state, wrong: true } : state;
const isText = (bytes: Buffer): boolean => Buffer.from(bytes.toString("utf8")).equals(bytes);

describe("the answers of a host with hostile names", () => {
  const root = temporaryFolder();

  always(
    "are right for each file and link, and know of no other",
    folders,
    async (entries) => {
      const folder = mkdtempSync(path.join(root, "a"));
      for (const one of entries)
        if ("content" in one) writeFileSync(path.join(folder, one.name), one.content);
        else symlinkSync(one.target, path.join(folder, one.name));
      const paths = [...entries.map((one) => path.join(folder, one.name)), path.join(folder, "not there")];
      const states = await ask(paths.map(queries.path));
      const contents = await ask(paths.map(queries.content));
      const digests = await ask(paths.map(queries.digest));
      const [names] = await ask([queries.entries(folder)]);
      expect(names).to.have.members(entries.map((one) => one.name));
      for (const [index, one] of entries.entries())
        if ("content" in one) {
          const sha256 = createHash("sha256").update(one.content).digest("hex");
          expect(states[index]).to.include({ type: "file", size: one.content.length, sha256 });
          expect(shownOf(contents[index])).to.deep.equal(
            isText(one.content) ? one.content.toString("utf8") : { binary: one.content.length, wrong: true },
          );
          expect(digests[index]).to.equal(sha256);
        } else expect(states[index]).to.include({ type: "link", target: one.target });
      expect(states.at(-1)).to.deep.equal({ type: "absent" });
      expect([contents.at(-1), digests.at(-1)]).to.deep.equal([undefined, undefined]);
    },
    { runs: 40 },
  );
});

const asked: readonly Query<unknown>[] = [
  queries.path("/etc/a"),
  queries.content("/etc/a"),
  queries.digest("/etc/a"),
  queries.entries("/etc"),
  queries.user("kim"),
  queries.group("kim"),
  queries.unit("a.service"),
  queries.sysctl("net.ipv4.ip_forward"),
  queries.kernelModule("overlay"),
  queries.mount("/srv"),
  queries.packageNamed("nginx"),
  queries.probe("true"),
  queries.answer("true"),
  queries.hostCertificate("/etc/a"),
  queries.tcpListeners(),
  queries.routesOf(3),
  queries.packetFilterTable("ip filter"),
  tree("/etc"),
  gitCheckout("/srv/app"),
  gitRemote("/srv/app.git", "main"),
  authorizedKeysOf("kim"),
  unpacked("/srv/app/.kubeplay-archive"),
  dropIns("a.service"),
  sysctlSettings("net.ipv4.ip_forward"),
  moduleDenials("overlay"),
  packageCandidate("nginx"),
  packageLists(60),
  aptUpgrades("full"),
  debFile("/etc/a.deb"),
  password("kim"),
  names("/etc"),
  alternative("editor"),
  ownConnection(),
  locale("de_DE.UTF-8"),
  debconf("tzdata/Areas"),
  pythonPackage("/srv/venv", "requests"),
  people("crew"),
  found({ path: "/srv", type: "file", depth: 2 }),
  postgresRole("app"),
  postgresPassword("app"),
  postgresDatabase("app"),
];

/** Parts of true answers, for this key and for others. */
const truths = [
  ...[
    "f\0f\x00644\x000\x000\x001\x000\x001.0\0root\0root\0/etc/a\0\0",
    `${"0".repeat(64)}  /etc/a\0`,
    "/etc/other\0",
    "l\0",
  ],
  ...[
    "kim:x:1:1::/home/kim:/bin/sh\n",
    "root:x:0:0::/root:/bin/sh\n",
    "kim:x:1:\n",
    "Id=a.service\nLoadState=loaded\nActiveState=active\n",
    "\n\n",
  ],
  ...[
    "/proc/sys/net/ipv4/ip_forward\x001\n",
    "sys:overlay\n",
    "40 24 0:35 / /srv rw - tmpfs tmpfs rw\n",
    "0\n",
    "1\n",
    "MAo=\n",
    "is \n",
    "is AAAA\n",
    "[]",
    "{}",
    "[null]",
    '[{"dst":{}}]',
    "@@ 0\n",
  ],
  ...[
    "f\x00644\x000\x000\x001\x000\x001.0\0root\0root\0/etc/a\0\0",
    "none\n\n\n",
    `${"0".repeat(40)}\n/srv/app.git\nclean\n`,
    "refused fatal: detected dubious ownership\n\n\n",
    `refs ${"0".repeat(40)}\trefs/heads/main\n`,
    "absent\n",
    "file a2V5Cg== f 600 0 0 1 4 1.5\n",
    "link\n",
  ],
  ...[
    `${"0".repeat(64)} yes\0`,
    "/etc/systemd/system/a.service.d/x.conf\0[Service]\n/etc/systemd/system/a.service.d/x.conf\0Nice=1\n",
    "/etc/sysctl.d/a.conf\0\n/etc/sysctl.d/a.conf\0net.ipv4.ip_forward=1\n",
    "/etc/modprobe.d/a.conf\0\n/etc/modprobe.d/a.conf\0blacklist overlay\n",
  ],
  ...[
    "installed\t1\tnginx\tamd64\thold\n",
    "nginx:\n  Candidate: 2\n",
    "Inst a [1] (2 b [c])\nexit code 0\n",
    "LISTEN 0 1 *:1 *:*\n",
    "1000000000000000000000\0",
    "-1",
    "NaN",
  ],
  ...["nginx\t2\tall\n\0", "none\n\0", `kim:${"0".repeat(64)}  -\n`, "refused\n", "apt failed\nE: no\n"],
  ...[
    "kim:x:1000:50\n\0crew:x:50:kim\n",
    "rows\n",
    '{"name":"app","login":true}\n',
    "null\n",
    "unreachable no server\n",
    "de_DE.utf8\n",
    "select\0seen\0Etc\0",
    "password\0\0Etc\0",
    "requests-1.0.dist-info\0\0",
    "192.0.2.7 50210 192.0.2.1 22\n",
  ],
  "f\t644\t0\t0\t1\t1.5\troot\troot\t/srv/a\0\0=\0",
  "Name: editor\nStatus: auto\nValue: /bin/nano\n\nAlternative: /bin/nano\nPriority: 40\n\0",
];
const lie = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...truths) }, { weight: 1, arbitrary: hostileText }), {
    maxLength: 6,
  })
  .map((parts) => parts.join(""));
const separators = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: -1, max: 1 }) },
);

/** Queries whose specs are elsewhere, with the answers of a host that lies. */
const elsewhere: Readonly<Record<string, string>> = {
  "ansible check": "spec/lib/engine/ansible/call.spec.ts",
};

describe("a host that lies in its answers", () => {
  it("is asked every query that a host answers, and each has a spec of its own", () => {
    const folder = "lib/engine/queries";
    const found = readdirSync(folder).flatMap((file) => {
      const text = readFileSync(path.join(folder, file), "utf8");
      const kinds = [...text.matchAll(/^(?:export )?const \w+ = defineQuery<.*>\(\{\n  kind: "([^"]+)"/gm)].map(
        ([, kind]) => kind,
      );
      expect(kinds.length > 0, `${file}: its kinds are found`).to.equal(/^[^*]*\bdefineQuery</m.test(text));
      return kinds.map((kind) => ({ kind, file, ofHost: /^  ask: /m.test(text) }));
    });
    expect(Object.values(elsewhere).filter((spec) => !existsSync(spec))).to.deep.equal([]);
    const own = found.filter(({ kind = "" }) => !Object.hasOwn(elsewhere, kind));
    const ofHost = own.flatMap(({ kind, ofHost }) => (ofHost ? [kind] : []));
    expect([...new Set(asked.map(({ of }) => of.kind))].sort()).to.deep.equal(ofHost.sort());
    const specs = readdirSync("spec/lib/engine/queries");
    // The two kinds of key files have one spec, as have those of apt, and those of PostgreSQL.
    const specOf = (file: string) =>
      `${file
        .replace("public-key-file", "key-file")
        .replace(/^(apt-\w+|deb-file|package-candidate|package-lists)(?=\.)/, "apt")
        .replace(/^postgres-\w+(?=\.)/, "postgres")
        .replace(/\.ts$/, "")}.spec.ts`;
    expect(own.map(({ file }) => specOf(file)).filter((spec) => !specs.includes(spec))).to.deep.equal([]);
  });

  always(
    "is believed about what it was asked, or its lie is an error that people can read",
    fc.tuple(
      fc.subarray([...asked], { minLength: 1 }),
      fc.array(lie, { minLength: 1, maxLength: 16 }),
      separators,
      hostileText,
    ),
    async ([some, lies, more, stderr]) => {
      const reader: Reader = {
        host: "liar",
        read: (script) => {
          const [separator = ""] = /kubeplay-[0-9a-f]{24}/.exec(script) ?? [];
          const count = script.split(separator).length - 1 + more;
          const stdout = Array.from(
            { length: Math.max(0, count) },
            (_, index) => `${lies[index % lies.length] ?? ""}\n${separator}\n`,
          ).join("");
          return Promise.resolve({ stdout, stderr, code: 0 });
        },
        close: () => Promise.resolve(),
      };
      const states = new States(reader, new Overlay(), new Overlay());
      const failure = await states.ask(some).catch((error: unknown) => error);
      if (failure === undefined) for (const query of some) expect(states.has(query)).to.equal(true);
      else expect(failure).to.be.instanceOf(PlayError);
      for (const other of [queries.path("/etc/other"), queries.user("root"), queries.group("root")])
        expect(states.has(other)).to.equal(false);
    },
    { runs: 1000 },
  );
});
