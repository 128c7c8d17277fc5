import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { renderTemplate } from "#lib/template/index.ts";

const template = path.resolve("roles/kubelet-approver/templates/kubelet-approver.hbs");

describe("the approver of kubelets' serving certificates", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "approver-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const program = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    chmodSync(file, 0o755);
    return file;
  };

  /** Whether a request of this user with this subject and these SANs is approved. */
  function approves(user: string, subject: string, sans: string): boolean {
    const key = path.join(folder, "key");
    const pem = execFileSync(
      "openssl",
      [
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        key,
        "-subj",
        subject,
      ].concat(sans === "" ? [] : ["-addext", `subjectAltName=${sans}`]),
      { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    );
    const request = Buffer.from(pem).toString("base64");
    const log = path.join(folder, "approved");
    writeFileSync(log, "");
    program(
      "kubectl",
      `#!/bin/sh\ncase $1 in get) echo "csr-1 ${user} ${request}" ;; certificate) echo "$*" >> ${log} ;; esac\n`,
    );
    const nodes = ["node-1 10.0.0.21 node-1 10.0.0.21", "node-2 10.0.0.22 node-2 10.0.0.22"];
    const values = { kubeconfig: "/none", ca: "/none", pending: "", nodes };
    const script = program("approver", renderTemplate(template, values));
    execFileSync(script, { env: { ...process.env, PATH: `${folder}:${process.env.PATH ?? ""}` }, stdio: "ignore" });
    return readFileSync(log, "utf8").includes("csr-1");
  }

  const user = "system:node:node-1";
  const subject = `/O=system:nodes/CN=${user}`;
  const cases: readonly (readonly [string, string, string, string, boolean])[] = [
    ["approves what the inventory says of a node", user, subject, "DNS:node-1,IP:10.0.0.21", true],
    ["leaves another node's address", user, subject, "DNS:node-1,IP:10.0.0.22", false],
    ["leaves the name of a service", user, subject, "DNS:node-1,DNS:kubernetes.default", false],
    ["leaves a request without names", user, subject, "", false],
    ["leaves a URI", user, subject, "DNS:node-1,URI:https://node-1", false],
    ["leaves one that another node sent", "system:node:node-2", subject, "DNS:node-1", false],
    [
      "leaves a node that the inventory does not know",
      "system:node:node-9",
      "/O=system:nodes/CN=system:node:node-9",
      "DNS:node-9",
      false,
    ],
    ["leaves one with a second organisation", user, `/O=system:masters${subject}`, "DNS:node-1", false],
    ["leaves a user who is no node", "admin", "/O=system:nodes/CN=admin", "DNS:node-1", false],
  ];
  for (const [what, from, name, sans, expected] of cases)
    it(what, () => expect(approves(from, name, sans)).to.equal(expected));
});
