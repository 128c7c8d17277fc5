import { archive, binary, command, defineRole, directory, file, handler, line, link } from "kubeplay";
import { play, playbook, read, run, template, wait } from "kubeplay";

const at = "/home/kim/work";
const absent = { state: "absent" } as const;

/** Every kind of resource that a user other than root can have, in the home of that user. */
const work = defineRole({
  name: "work",
  description: "The work of an ordinary user.",
  folder: process.cwd(),
  vars: {},
  tasks: () => {
    const who = read("Ask who does it", { run: "id -un; umask" }).become("kim");
    const act = handler("Act", run("Run something", { run: `id -un > ${at}/ran` }).become("kim"));
    return [
      who,
      ...[
        directory("Make a directory", { path: `${at}/new/deep`, mode: 0o750 }),
        file("Write a file", { dest: `${at}/new/file`, content: who.output.map(({ stdout }) => stdout) }),
        file("Write much", { dest: `${at}/much`, content: "it's\n".repeat(20_000), validate: "grep -q it %s" }),
        file("Copy a file", { dest: `${at}/copy`, src: "program", mode: 0o600 }),
        template("Render a template", { dest: `${at}/rendered`, src: "t.hbs", values: { word: "two" } }),
        link("Make a link", { dest: `${at}/link`, target: "new" }),
        line("Write a line", { path: `${at}/lines`, line: "a=1" }),
        line("Take a line out", { path: `${at}/lines`, line: "old", ...absent }),
        archive("Unpack an archive", { src: "a.tar", dest: `${at}/unpacked` }),
        binary("Install a program", { src: "program", dest: `${at}/program` }),
        command("Run once", { run: `${at}/program > ${at}/once`, creates: `${at}/once` }),
        command("Run unless", { run: `touch ${at}/unless`, unless: `test -e ${at}/unless` }),
        command("Run it detached", { run: `id -un > ${at}/by`, creates: `${at}/by`, detached: true }),
        wait("Wait for what is to come", { until: `test -e ${at}/once`, timeout: 5 }),
        file("Remove a file", { dest: `${at}/old/file`, ...absent }),
        directory("Remove a directory", { path: `${at}/old`, ...absent }),
      ].map((task) => task.become("kim").notify(act)),
    ];
  },
});

export default playbook([play({ name: "Work", hosts: "all", roles: [work] })]);
