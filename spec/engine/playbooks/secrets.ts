import { Type } from "typebox";
import { command, defineResource, defineRole, file, line, play, playbook } from "kubeplay";
import { Secret } from "#engine/schema/secret.ts";
import { path } from "#engine/queries/path.ts";
import { quote } from "#engine/shell/quote.ts";

/** Never converges, and reports its desired state. */
const never = defineResource({
  kind: "never",
  label: (p: { readonly wanted: string }) => p.wanted,
  needs: () => ({ now: path("/") }),
  diff: (_now, p) => [{ what: "it", before: "something else", after: p.wanted }],
  apply: () => ["true"],
  forecast: ({ now }) => ({ now }),
});

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Shows its secrets in every way that a role can, and ends as `secrets_end` says. */
const talkative = defineRole({
  name: "talkative",
  description: "Shows secrets that must not be seen.",
  vars: {
    secrets_token: Secret(Type.String({ description: "A token." })),
    secrets_key: Secret(Type.String({ description: "A private key." })),
    secrets_account: Type.Object(
      { user: Type.String(), password: Secret(Type.String()) },
      { description: "An account." },
    ),
    secrets_pin: Secret(Type.Integer({ default: 1, description: "A number." })),
    secrets_end: Type.String({ default: "ok", description: "How it ends: ok, failed, unconverged or unreachable." }),
  },
  tasks: ({ vars }) => {
    const { secrets_token: token, secrets_key: key, secrets_account: account, secrets_end: end } = vars;
    const all = [token, key, account.password];
    const told = [
      ...all,
      JSON.stringify({ all, account }),
      JSON.stringify(JSON.stringify({ all })),
      ...all.flatMap((one) => ["", "a", "ab"].map((before) => base64(`${before}${one} and more`))),
      key.replaceAll("\n", "\n    "),
      ...all.map(quote),
    ].join("\n");
    const say = `printf '%s\\n' ${quote(told)} | tee /dev/stderr`;
    // The shell's own sshd is its nearest ancestor of that name.
    const vanish =
      'p=$$; until [ "$(cat /proc/$p/comm)" = sshd-session ]; do p=$(cut -d " " -f 4 /proc/$p/stat); done; kill -9 $p; sleep 9';
    return [
      file("Write it", { dest: "/srv/secrets", content: `${told}\n` }),
      file("Change it", { dest: "/srv/secrets", content: `changed\n${told}\n` }),
      line(`Write a line named ${token}`, { path: "/srv/secrets", line: `line ${account.password}` }),
      command("Say it", { run: say, environment: { TOKEN: token } }),
      // Long enough for the progress line that shows its latest output.
      command("Say it slowly", { run: `${say}; printf %s ${quote(token)}; sleep 11` }).when(end === "failed"),
      command("Fail with it", { run: `${say}; exit 3` }).when(end === "failed"),
      never("Never get there", { wanted: token }).when(end === "unconverged"),
      command("Vanish with it", { run: `printf %s ${quote(token)}; ${vanish}` }).when(end === "unreachable"),
    ];
  },
});

export default playbook([play({ name: "Talk", hosts: "all", roles: [talkative] })]);
