import { expect } from "chai";
import type { AuthContext, KeyboardAuthContext } from "ssh2";
import { connectSsh } from "#engine/connection/ssh.ts";
import { keepsEnvironment } from "../environment.ts";
import { sshd, withShells, type Sshd } from "./sshd.ts";

/** Asks one round of hidden questions; resolves to the answers. */
const asked = (context: KeyboardAuthContext, title: string, ...questions: readonly string[]): Promise<string[]> =>
  new Promise((resolve) => {
    context.prompt(
      questions.map((prompt) => ({ prompt, echo: false })),
      title,
      (answers) => resolve(answers),
    );
  });

describe("a login at an SSH server", () => {
  keepsEnvironment();
  const servers: Sshd[] = [];
  before(() => delete process.env.SSH_AUTH_SOCK);
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function server(attempt: (context: AuthContext) => void): Promise<Sshd> {
    const made = await sshd((client) => {
      client.on("authentication", attempt);
      withShells(client);
    });
    servers.push(made);
    return made;
  }
  const hostname = async ({ target }: Sshd): Promise<string> => {
    const writer = await connectSsh(target());
    const { stdout } = await writer.run("echo in");
    await writer.close();
    return stdout;
  };
  const refusal = async ({ target }: Sshd): Promise<string> => {
    try {
      await (await connectSsh(target())).close();
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    throw new Error("it was let in");
  };
  const dialogue =
    (talk: (context: KeyboardAuthContext) => Promise<void>) =>
    (context: AuthContext): void => {
      if (context.method === "keyboard-interactive") void talk(context);
      else context.reject(["keyboard-interactive"]);
    };

  it("answers the question for the password if the server only talks", async () => {
    const host = await server(
      dialogue(async (context) => {
        const [password] = await asked(context, "", "Passwort: ");
        // PAM's second round has no questions.
        if (password !== "right horse" || (await asked(context, "")).length > 0) context.reject();
        else context.accept();
      }),
    );
    expect(await hostname(host)).to.equal("in\n");
  });

  it("uses a password and a dialogue together if the server wants both", async () => {
    let passed = false;
    const host = await server((context) => {
      if (context.method === "password" && !passed) {
        passed = true;
        context.reject(["keyboard-interactive"], true);
      } else if (context.method === "keyboard-interactive" && passed)
        void asked(context, "", "Password: ").then(([password]) =>
          password === "right horse" ? context.accept() : context.reject(),
        );
      else context.reject(["password"]);
    });
    expect(await hostname(host)).to.equal("in\n");
  });

  it("does not give the password as the answer to another question, and shows that question", async () => {
    const answers: string[] = [];
    const host = await server(
      dialogue(async (context) => {
        answers.push(...(await asked(context, "Two-step login", "Verification code: ")));
        context.reject();
      }),
    );
    expect(await refusal(host))
      .to.include("asks what kubeplay cannot answer")
      .and.include("Verification code:");
    expect(answers).to.deep.equal([]);
  });

  it("shows that the password has expired, and changes nothing", async () => {
    const answers: string[] = [];
    const host = await server(
      dialogue(async (context) => {
        await asked(context, "", "Password: ");
        const title = "You are required to change your password immediately (administrator enforced).";
        answers.push(...(await asked(context, title, "New password: ")));
        context.reject();
      }),
    );
    expect(await refusal(host)).to.include("You are required to change your password immediately");
    expect(answers).to.deep.equal([]);
  });

  it("shows the banner of a server that hangs up, and tries no more if the account has expired", async () => {
    const expired = "Your account has expired; please contact your system administrator.";
    const hangsUp = await sshd((client) => {
      client.on("authentication", () => client.end());
    }, expired);
    servers.push(hangsUp);
    expect(await refusal(hangsUp)).to.include(`The host says: ${expired}`);
  });
});
