import fc from "fast-check";
import { group, user } from "kubeplay";
import { quote } from "#engine/shell/quote.ts";
import { holds } from "./holds.ts";
import { words } from "./words.ts";

const groups = ["adm", "games", "crew"] as const;
const uid = fc.integer({ min: 4000, max: 4003 });
const shell = fc.constantFrom("/bin/sh", "/bin/bash", "/usr/sbin/nologin");
/** All characters except those that end a field of passwd(5). */
const comment = fc.oneof(
  fc.constant(""),
  words.map((text) => text.replaceAll(":", "")),
);
const account = {
  uid,
  group: fc.constantFrom("daemon", "crew"),
  groups: fc.subarray([...groups]),
  shell,
  comment,
  home: fc.constantFrom("/home/ann", "/srv/ann"),
};

const users = fc.record({
  /** Whether a group of that name exists before. */
  ownGroup: fc.boolean(),
  before: fc.option(fc.record(account), { nil: undefined }),
  wanted: fc.record(
    {
      ...{ ...account, system: fc.constant(true), exclusive: fc.boolean() },
      password: fc.constantFrom("!", "*", "$6$salt$hash/of.it", "!$y$j9T$a.b/c$d"),
    },
    { requiredKeys: [] },
  ),
});

const cleared =
  "{ userdel -f ann; groupdel ann; groupdel crew; rm -rf /home/ann /srv/ann /var/mail/ann; groupadd --gid 4200 crew; } 2>/dev/null";

describe("a user", () => {
  holds("is made, changed only in the given properties, and removed", users, ({ ownGroup, before, wanted: given }) => {
    const { exclusive = false, ...rest } = given;
    const wanted = { ...rest, ...(exclusive && { exclusive, groups: rest.groups ?? [] }) };
    const made = before
      ? `useradd --uid ${String(before.uid)} --gid ${before.group} --groups ${quote(before.groups.join(","))} --shell ${before.shell} --home-dir ${before.home} --comment ${quote(before.comment)} ann`
      : ":";
    const primary = wanted.group ?? before?.group ?? "ann";
    const as = {
      comment: wanted.comment ?? before?.comment ?? "",
      home: wanted.home ?? before?.home ?? "/home/ann",
      shell: wanted.shell ?? before?.shell ?? (wanted.system ? "/usr/sbin/nologin" : "/bin/bash"),
    };
    const kept = exclusive ? [] : (before?.groups ?? []);
    const all = [...new Set([...kept, ...(wanted.groups ?? [])])].filter((name) => name !== primary);
    const number = wanted.uid ?? before?.uid;
    return {
      arrange: `${cleared}; ${ownGroup ? "groupadd --gid 4300 ann" : ":"} && ${made}`,
      task: user("u", { name: "ann", ...wanted }),
      look: `getent shadow ann | cut -d : -f 2; getent passwd ann | cut -d : -f 5-; id -gn ann; id -Gn ann | tr ' ' '\\n' | grep -vx "$(id -gn ann)" | sort; ${number === undefined ? ":" : "id -u ann"}`,
      wanted: [
        wanted.password ?? "!",
        `${as.comment}:${as.home}:${as.shell}`,
        primary,
        ...all.sort(),
        ...(number === undefined ? [] : [String(number)]),
      ].join("\n"),
      ...(!before && { found: ["state"] }),
      undo: {
        task: user("u", { name: "ann", state: "absent" }),
        look: "getent passwd ann || echo none",
        wanted: "none",
      },
    };
  });
});

const groupScenes = fc.record({
  before: fc.option(fc.record({ gid: fc.integer({ min: 4100, max: 4102 }), member: fc.boolean() }), { nil: undefined }),
  gid: fc.option(fc.integer({ min: 4100, max: 4102 }), { nil: undefined }),
  system: fc.boolean(),
});

describe("a group", () => {
  holds("is made, gets its id, keeps its members, and is removed", groupScenes, ({ before, gid, system }) => {
    const made = before ? `groupadd --gid ${String(before.gid)} band` : ":";
    const number = gid ?? before?.gid;
    return {
      arrange: `groupdel band 2>/dev/null; ${made}${before?.member ? " && gpasswd --add games band >/dev/null" : ""}`,
      task: group("g", { name: "band", system, ...(gid !== undefined && { gid }) }),
      look: `getent group band | cut -d : -f ${number === undefined ? "1,4" : "1,3,4"}`,
      wanted: `band:${number === undefined ? "" : `${String(number)}:`}${before?.member ? "games" : ""}`,
      found: before ? (number === before.gid ? [] : ["gid"]) : ["state"],
      undo: {
        task: group("g", { name: "band", state: "absent" }),
        look: "getent group band || echo none",
        wanted: "none",
      },
    };
  });
});
