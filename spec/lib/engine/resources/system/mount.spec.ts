import { expect } from "chai";
import { mount } from "kubeplay";
import { unknown } from "#engine/tasks/resource.ts";
import { asked, subject } from "../one-resource.ts";

const file = { type: "file", mode: 0o640, owner: "root", group: "root" };
const others = "# of the installer\nUUID=1 / ext4 defaults 0 1\n";
const path = "/srv/scratch";
const alone = `kubeplay_alone '${path}' && cd /`;
const reload = "[ ! -d /run/systemd/system ] || systemctl daemon-reload";

describe("the resource mount", () => {
  const scratch = subject(mount("m", { path, src: "tmpfs", type: "tmpfs", options: "size=1m" }));
  const line = "tmpfs /srv/scratch tmpfs size=1m 0 0";
  const tmpfs = { type: "tmpfs", src: "tmpfs" };
  const now = (mounted: object | undefined, text: string | undefined) => ({
    ...{ mounted, text, file: text === undefined ? { type: "absent" } : file },
  });
  const mounts = (steps: readonly unknown[]) => steps.filter((step) => typeof step === "string" && step !== reload);

  it("is written into fstab and mounted, and other lines and the mode of the file stay", () => {
    expect(asked(scratch)).to.deep.equal([`mount ${path}`, "path /etc/fstab", "content /etc/fstab"]);
    expect(scratch.diff(now(undefined, others))).to.deep.equal([
      { what: "/etc/fstab", before: undefined, after: line },
      { what: "mounted", before: undefined, after: "tmpfs (tmpfs)" },
    ]);
    const [mounted, upload, daemonReload] = scratch.steps(now(undefined, others));
    expect(upload).to.deep.include({ upload: `${others}${line}\n`, to: "/etc/fstab", mode: 0o640 });
    expect(daemonReload).to.equal(reload);
    expect(mounted).to.include(` && mount '-t' 'tmpfs' '-o' 'size=1m' -- 'tmpfs' '${path}'`);
    const then = scratch.forecast(now(undefined, others));
    expect(then).to.deep.include({ mounted: tmpfs, text: `${others}${line}\n` });
    expect(scratch.diff(then)).to.deep.equal([]);
  });

  it("makes fstab if there is none", () => {
    expect(scratch.steps(now(undefined, undefined))[1]).to.deep.include({ upload: `${line}\n`, mode: 0o644 });
  });

  it("is mounted again where only the mount is missing, and the file stays as it is", () => {
    const written = `${others}tmpfs\t/srv/scratch/  tmpfs size=1m\n`;
    expect(scratch.diff(now(undefined, written)).map(({ what }) => what)).to.deep.equal(["mounted"]);
    expect(scratch.steps(now(undefined, written))).to.have.length(1);
    expect(scratch.forecast(now(undefined, written))).to.deep.include({ text: written, file });
    expect(scratch.diff(now(tmpfs, written))).to.deep.equal([]);
  });

  it("takes new options while it is mounted, and keeps dump and passno of its line", () => {
    const before = "tmpfs /srv/scratch tmpfs size=9m 1 2";
    const steps = scratch.steps(now(tmpfs, `${before}\n${others}`));
    expect(steps[1]).to.deep.include({ upload: `tmpfs /srv/scratch tmpfs size=1m 1 2\n${others}` });
    expect(mounts(steps)).to.deep.equal([`${alone} && mount '-o' 'remount,size=1m' -- 'tmpfs' '${path}'`]);
    expect(scratch.forecast(now(tmpfs, before)).mounted).to.deep.equal(tmpfs);
  });

  it("of a folder keeps the word bind when it takes new options, which else were those of the whole file system", () => {
    for (const word of ["bind", "rbind"]) {
      const bound = subject(mount("m", { path, src: "/opt", type: "none", options: `${word},ro` }));
      expect(mounts(bound.steps(now({ type: "ext4", src: "/dev/vda" }, "")))).to.deep.equal([
        `${alone} && mount '-o' 'remount,bind,ro' -- '/opt' '${path}'`,
      ]);
    }
  });

  it("takes the place of another file system", () => {
    const other = { type: "ext4", src: "/dev/sdb" };
    expect(scratch.diff(now(other, `${line}\n`))).to.deep.equal([
      { what: "mounted", before: "/dev/sdb (ext4)", after: "tmpfs (tmpfs)" },
    ]);
    const [first, second] = mounts(scratch.steps(now(other, `${line}\n`)));
    expect(first).to.equal(`${alone} && umount '${path}'`);
    expect(second).to.include(" && mount '-t' 'tmpfs'");
  });

  it("is unmounted and mounted if its line names another device or folder, which a remount would keep", () => {
    const disk = subject(mount("m", { path, src: "/dev/sdb", type: "ext4" }));
    const before = now({ type: "ext4", src: "/dev/sda" }, `/dev/sda ${path} ext4 defaults 0 0\n`);
    expect(disk.diff(before).map(({ what }) => what)).to.deep.equal(["/etc/fstab", "mounted"]);
    expect(mounts(disk.steps(before))[0]).to.equal(`${alone} && umount '${path}'`);
    expect(disk.forecast(before).mounted).to.equal(unknown);
    expect(disk.diff({ ...disk.forecast(before), mounted: { type: "ext4", src: "/dev/sdb" } })).to.deep.equal([]);
  });

  it("with a share's spaces has them as octal numbers", () => {
    const share = subject(mount("m", { path: "/srv/my files", src: "//nas/my share", type: "cifs", passno: 0 }));
    const text = "//nas/my\\040share /srv/my\\040files cifs defaults 0 0\n";
    expect(share.forecast(now(undefined, "")).text).to.equal(text);
    expect(share.diff(now({ type: "cifs", src: "//nas/my share" }, text))).to.deep.equal([]);
    expect(share.diff(now({ type: "cifs", src: "//nas/other" }, text))).to.have.length(1);
  });

  it("takes what Unicode calls a space for a part of a name", () => {
    const at = "/srv/a\u2028b\u00a0c";
    const one = subject(mount("m", { path: at, src: "tmpfs", type: "tmpfs" }));
    const { text } = one.forecast(now(undefined, ""));
    expect(text).to.equal(`tmpfs ${at} tmpfs defaults 0 0\n`);
    expect(one.diff(now(tmpfs, text as string))).to.deep.equal([]);
  });

  it("does not compare what the kernel names otherwise: devices, binds, versions of nfs", () => {
    const differs = (props: { src: string; type: string; options?: string }, mounted: object): number => {
      const one = subject(mount("m", { path, ...props }));
      expect(one.forecast(now(undefined, "")).mounted).to.equal(unknown);
      return one.diff({ ...one.forecast(now(undefined, "")), mounted }).length;
    };
    expect(differs({ src: "UUID=5", type: "ext4" }, { type: "ext4", src: "/dev/sdb" })).to.equal(0);
    expect(differs({ src: "/dev/vg/lv", type: "xfs" }, { type: "xfs", src: "/dev/mapper/vg-lv" })).to.equal(0);
    expect(differs({ src: "/dev/vg/lv", type: "xfs" }, { type: "ext4", src: "/dev/mapper/vg-lv" })).to.equal(1);
    expect(differs({ src: "/opt", type: "none", options: "rw,bind" }, { type: "ext4", src: "/dev/vda" })).to.equal(0);
    expect(differs({ src: "nas:/a", type: "nfs" }, { type: "nfs4", src: "nas:/a" })).to.equal(0);
    expect(differs({ src: "nas:/a", type: "nfs" }, { type: "nfs4", src: "nas:/b" })).to.equal(1);
  });

  it("is unmounted before its line is removed, so that a busy one keeps it", () => {
    const gone = subject(mount("m", { path, state: "absent" }));
    const steps = gone.steps(now(tmpfs, `${line}\n${others}`));
    expect(steps[0]).to.equal(`${alone} && umount '${path}'`);
    expect(steps[1]).to.deep.include({ upload: others });
    expect(gone.diff(gone.forecast(now(tmpfs, `${line}\n${others}`)))).to.deep.equal([]);
    expect(gone.diff(now(undefined, others))).to.deep.equal([]);
    expect(gone.diff(now(undefined, undefined))).to.deep.equal([]);
  });

  it("leaves what is below its path unknown to later tasks of a check", () => {
    expect(scratch.effects).to.include({ "every unit": "asked anew", "digest /etc/fstab": "unknown" });
    const task = mount("m", { path, src: "tmpfs", type: "tmpfs" });
    if (!("resource" in task.does)) throw new Error("an action");
    const effects = task.does.resource.effects?.(task.props, [{ what: "mounted", before: undefined, after: "x" }]);
    expect(effects).to.deep.include({ below: path, state: unknown });
  });

  it("is only made where others cannot swap its path or its source, and a check says so", () => {
    const theirs = { type: "directory", mode: 0o755, owner: "kim", uid: 1000 };
    const bind = subject(mount("m", { path: "/srv/x/m", src: "/home/kim/share", type: "none", options: "bind" }));
    expect(bind.problems(now(undefined, ""), theirs)).to.deep.equal({
      "path /srv":
        "/srv/x/m is where others can swap it, as /srv is theirs or they may write to it: mount it in a folder of root's",
      "path /srv/x":
        "/srv/x/m is where others can swap it, as /srv/x is theirs or they may write to it: mount it in a folder of root's",
      "path /home":
        "/home/kim/share is where others can swap it, as /home is theirs or they may write to it: take their permission to write to it",
      "path /home/kim":
        "/home/kim/share is where others can swap it, as /home/kim is theirs or they may write to it: take their permission to write to it",
    });
    const [first] = mounts(bind.steps(now(undefined, "")));
    expect(first).to.match(/kubeplay_alone '\/srv\/x\/m' .* kubeplay_alone_to_end '\/home\/kim\/share' .* && mount /s);
    for (const src of ["nas:/share", "//nas/share", "UUID=5", "tmpfs"])
      expect(mounts(subject(mount("m", { path, src, type: "x" })).steps(now(undefined, "")))[0], src).not.to.include(
        "to_end",
      );
    const gone = subject(mount("m", { path, state: "absent" }));
    expect(gone.problems(now(tmpfs, line), theirs)).to.have.property("path /srv");
    expect(gone.problems(now(undefined, line), theirs), "a line alone").to.deep.equal({});
  });

  it("is refused if it cannot be meant, or if fstab has it twice", () => {
    const made = (props: object) => () => subject(mount("m", { path, ...props }));
    expect(made({ type: "ext4" })).to.throw("a mount requires src and type");
    expect(made({ src: "tmpfs", type: "tmpfs", options: "a, b" })).to.throw("options is empty, or has a space");
    expect(made({ src: "#x", type: "tmpfs" })).to.throw('src begins with "#"');
    expect(made({ src: "x", type: "tmpfs", passno: 1.5 })).to.throw("passno is 1.5, expected a whole number");
    expect(made({ path: "srv", src: "x", type: "x" })).to.throw("is not an absolute path");
    expect(made({ path: "/", state: "absent" })).to.throw("/ cannot be unmounted");
    expect(() => scratch.diff(now(tmpfs, `${line}\n${line}\n`))).to.throw("has 2 lines for /srv/scratch, expected one");
    const link = { type: "link", target: "../run/fstab" };
    expect(() => scratch.diff({ ...now(tmpfs, line), file: link })).to.throw("/etc/fstab is a link to ../run/fstab");
    expect(() => scratch.diff({ ...now(tmpfs, line), text: { binary: 9 } })).to.throw("/etc/fstab is not text");
  });
});
