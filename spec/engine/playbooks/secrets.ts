import { Type } from "typebox";
import { defineRole, play, playbook } from "#engine/dsl/index.ts";
import { command, defineResource, file, line } from "#engine/resources/index.ts";
import { Secret } from "#engine/schema/secret.ts";
import { path } from "#engine/queries/path.ts";
import { quote } from "#engine/shell/quote.ts";

/** Never gets where it wants to, and says what it wanted. */
const never = defineResource({
  kind: "never",
  label: (p: { readonly wanted: string }) => p.wanted,
  needs: () => ({ now: path("/") }),
  diff: (_now, p) => [{ what: "it", before: "something else", after: p.wanted }],
  apply: () => ["true"],
  forecast: ({ now }) => ({ now }),
});

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Tells its secrets in every way that a role can, and ends as it is told to. */
const talkative = defineRole({
  name: "talkative",
  description: "Says aloud what nobody may hear.",
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
    // Its own sshd is the first of its ancestors of that name.
    const vanish =
      'p=$$; until [ "$(cat /proc/$p/comm)" = sshd-session ]; do p=$(cut -d " " -f 4 /proc/$p/stat); done; kill -9 $p; sleep 9';
    return [
      file("Write it", { dest: "/srv/secrets", content: `${told}\n` }),
      file("Change it", { dest: "/srv/secrets", content: `changed\n${told}\n` }),
      line(`Write a line named ${token}`, { path: "/srv/secrets", line: `line ${account.password}` }),
      command("Say it", { run: say, environment: { TOKEN: token } }),
      // Long enough for the sign of life that shows what it said last.
      command("Say it slowly", { run: `${say}; printf %s ${quote(token)}; sleep 11` }).when(end === "failed"),
      command("Fail with it", { run: `${say}; exit 3` }).when(end === "failed"),
      never("Never get there", { wanted: token }).when(end === "unconverged"),
      command("Vanish with it", { run: `printf %s ${quote(token)}; ${vanish}` }).when(end === "unreachable"),
    ];
  },
});

export default playbook([play({ name: "Talk", hosts: "all", roles: [talkative] })]);
