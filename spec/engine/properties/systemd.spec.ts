import fc from "fast-check";
import { service, unit } from "kubeplay";
import { holds } from "./holds.ts";
import { base64, words } from "./words.ts";

/** A unit of a package, so that it can be masked. */
const file = "/usr/lib/systemd/system/sleeper.service";
const cleared = `systemctl unmask sleeper; systemctl disable --now sleeper; rm -rf ${file} /etc/systemd/system/sleeper.service*; systemctl daemon-reload; systemctl reset-failed sleeper`;
const install = "[Install]\nWantedBy=multi-user.target\n";

const all = fc.record({
  installable: fc.boolean(),
  before: fc.record({ active: fc.boolean(), enabled: fc.boolean(), masked: fc.boolean(), failed: fc.boolean() }),
  wanted: fc.record(
    { state: fc.constantFrom("started", "stopped"), enabled: fc.boolean(), masked: fc.boolean() },
    { requiredKeys: [] },
  ),
});

/** A mask hides the unit, so no forecast can tell whether the unit is enabled or could be. */
const services = all.filter(
  ({ installable, before, wanted }) =>
    !before.masked || wanted.masked !== false || (installable && (wanted.enabled !== undefined || !before.enabled)),
);

describe("a service", () => {
  holds("gets the desired state, now and at boot, from any state", services, ({ installable, before, wanted }) => {
    const enabled = installable && before.enabled;
    const text = `[Service]\nExecStart=/bin/sleep infinity\n${installable ? install : ""}`;
    const failed = before.failed && !before.active;
    const arrange = [
      `{ ${cleared}; } >/dev/null 2>&1; printf '%s' ${base64(text)} | base64 -d > ${file}; systemctl daemon-reload`,
      ...(enabled ? ["systemctl --quiet enable sleeper"] : []),
      ...(before.active || failed ? ["systemctl start sleeper"] : []),
      ...(failed
        ? ["systemctl kill -s KILL sleeper && until systemctl is-failed -q sleeper; do sleep 0.05; done"]
        : []),
      ...(before.masked ? ["systemctl --quiet mask sleeper"] : []),
    ].join(" && ");
    const task = service("s", { name: "sleeper", ...wanted });
    const look = "systemctl is-active sleeper; systemctl is-enabled sleeper 2>/dev/null; :";
    if (before.masked && wanted.masked === undefined && (wanted.state === "started" || wanted.enabled))
      return { arrange, task, look, refused: /is masked/ };
    const masked = wanted.masked ?? before.masked;
    if (!installable && wanted.enabled && !wanted.masked && !before.masked)
      return { arrange, task, look, refused: /has no \[Install\] section/ };
    const isUp = wanted.masked ? false : wanted.state === undefined ? before.active : wanted.state === "started";
    // A failed service without a desired state stays failed.
    const active = isUp ? "active" : failed ? "failed" : "inactive";
    const atBoot = masked
      ? "masked"
      : !installable
        ? "static"
        : (wanted.masked ? enabled : (wanted.enabled ?? enabled))
          ? "enabled"
          : "disabled";
    return { arrange, task, look, wanted: `${active}\n${atBoot}` };
  });
});

const units = fc.record({
  before: fc.constantFrom("absent", "other", "same", "same, and not read"),
  dropIn: fc.boolean(),
  comment: words,
  installable: fc.boolean(),
});

describe("a unit", () => {
  holds("is written, loaded by systemd and removed", units, ({ before, dropIn, comment, installable }) => {
    const content = `# ${comment.replaceAll("\\", "")}\n[Service]\n${dropIn ? "Nice=3" : "ExecStart=/bin/sleep 9"}\n${!dropIn && installable ? install : ""}`;
    const at = `/etc/systemd/system/sleeper.service${dropIn ? ".d/spec.conf" : ""}`;
    const was = before === "other" ? `[Service]\n${dropIn ? "Nice=1" : "ExecStart=/bin/true"}\n` : content;
    const write = `mkdir -p $(dirname ${at}) && printf '%s' ${base64(was)} | base64 -d > ${at}`;
    const arrange = [
      `{ ${cleared}; } >/dev/null 2>&1`,
      ...(dropIn ? [`printf '[Service]\\nExecStart=/bin/sleep 8\\n' > ${file}`] : []),
      "systemctl daemon-reload; systemctl start sleeper",
      ...(before === "absent" ? [] : [write]),
      ...(before === "absent" || before === "same, and not read" ? [] : ["systemctl daemon-reload"]),
    ].join("; ");
    const props = { name: "sleeper", ...(dropIn && { dropIn: "spec" }) };
    const look = `base64 -w 0 ${at}; echo; systemctl show -p LoadState -p NeedDaemonReload sleeper`;
    return {
      arrange: `${arrange} 2>/dev/null; :`,
      task: unit("u", { ...props, content }),
      look,
      wanted: `${base64(content)}\nLoadState=loaded\nNeedDaemonReload=no`,
      undo: {
        task: unit("u", { ...props, state: "absent" as const }),
        look: `test -e ${at} || echo gone; systemctl show -p NeedDaemonReload sleeper`,
        wanted: "gone\nNeedDaemonReload=no",
      },
    };
  });
});
