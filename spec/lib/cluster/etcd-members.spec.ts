import { mkdirSync, writeFileSync } from "node:fs";
import https from "node:https";
import net, { type AddressInfo } from "node:net";
import { expect } from "chai";
import { etcdMembers } from "#cluster/etcd-members.ts";
import { authority, by, issued, type Issued } from "../engine/pki/issued.ts";
import { ask } from "../engine/queries/ask.ts";
import { temporaryFolder } from "../engine/temporary.ts";

const listening = async <S extends net.Server>(server: S): Promise<S> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
};
const portOf = (server: net.Server): number => (server.address() as AddressInfo).port;

/** A member's peer port, which lists the members only for clients with a certificate of its CA. */
const member = async (ca: Issued, path: string, body: string, status = () => 200): Promise<https.Server> => {
  const { pem, keyPem } = await issued("member", { profile: "peer", ips: ["127.0.0.1"], ...by(ca) });
  const options = { cert: pem, key: keyPem, ca: ca.pem, requestCert: true, rejectUnauthorized: true };
  return listening(
    https.createServer(options, (request, response) => {
      const isVersion = request.url === "/version";
      response.statusCode = isVersion ? 200 : request.url === path ? status() : 404;
      response.end(isVersion ? version : body);
    }),
  );
};

// etcd 3.7's answer while two of three members have started.
const body = `[{"id":6377595639472296018,"peerURLs":["https://10.0.0.12:2380"],"name":"b","clientURLs":["https://10.0.0.12:2379"]},{"id":8219361646288377947,"peerURLs":["https://10.0.0.13:2380"],"name":"c"}]\n`;

const version = `{"etcdserver":"3.7.3","etcdcluster":"3.7.0","storage":"3.7.0"}`;

describe("the query etcd members", () => {
  const folder = temporaryFolder();
  const pki = `${folder}/pki`;
  const servers: net.Server[] = [];
  const at = (port: number) => ({ address: "127.0.0.1", port, pki });
  let ca: Issued;

  before(async () => {
    ca = await authority("etcd-ca");
    const client = await issued("healthcheck", by(ca));
    mkdirSync(pki);
    mkdirSync(`${folder}/data/member`, { recursive: true });
    writeFileSync(`${pki}/ca.crt`, ca.pem);
    writeFileSync(`${pki}/healthcheck-client.crt`, client.pem);
    writeFileSync(`${pki}/healthcheck-client.key`, client.keyPem);
  });
  after(() => servers.forEach((server) => server.close()));

  it("lists the members of the cluster, whether each has run, and the version of the one that is asked", async () => {
    servers.push(await member(ca, "/members", body));
    const [answer] = await ask([etcdMembers(at(portOf(servers[0]!)))]);
    expect(answer).to.deep.equal({
      state: "running",
      version: "3.7.3",
      members: [
        { name: "b", peerUrls: ["https://10.0.0.12:2380"], hasRun: true },
        { name: "c", peerUrls: ["https://10.0.0.13:2380"], hasRun: false },
      ],
    });
  });

  it("distinguishes a member that does not run from one whose answer is unclear, in one query", async () => {
    const stranger = await member(await authority("etcd-ca"), "/members", body);
    const broken = await member(ca, "/elsewhere", body);
    servers.push(stranger, broken);
    // Nothing listens there, and no other program gets this port by chance.
    const port = 1;
    const [refused, foreign, failing] = await ask(
      [port, portOf(stranger), portOf(broken)].map((p) => etcdMembers(at(p))),
    );
    expect(refused).to.deep.equal({ state: "not running" });
    expect(foreign).to.have.property("state", "unclear");
    expect(foreign).to.have.property("reason").that.contains("certificate");
    expect(failing).to.have.property("reason").that.contains("404");
  });

  it("retries a member that is starting or closes connections, within its patience", async () => {
    let [busy, broken] = [0, 0];
    const starting = await member(ca, "/members", body, () => (++busy < 3 ? 503 : 200));
    servers.push(starting);
    // In front of a member: the first connection is closed before TLS.
    const front = await listening(
      net.createServer((socket) => {
        if (++broken === 1) return void socket.destroy();
        const through = net.connect(portOf(starting), "127.0.0.1");
        socket
          .pipe(through)
          .pipe(socket)
          .on("error", () => undefined);
      }),
    );
    servers.push(front);
    const patient = [starting, front].map((server) => etcdMembers({ ...at(portOf(server)), patience: 30 }));
    for (const answer of await ask(patient)) expect(answer).to.have.property("state", "running");
    busy = -10;
    const [once] = await ask([etcdMembers(at(portOf(starting)))]);
    expect(once).to.have.property("state", "unclear");
    expect(once).to.have.property("reason").that.contains("503");
  }).timeout(20_000);

  it("does not ask from a host that has data, or no certificate yet", async () => {
    const [data, empty, bare] = await ask([
      etcdMembers({ ...at(1), unlessDataIn: `${folder}/data` }),
      etcdMembers({ ...at(1), unlessDataIn: `${folder}/data/member` }),
      etcdMembers({ ...at(1), pki: `${folder}/none` }),
    ]);
    expect([data, empty, bare].map((answer) => answer?.state)).to.deep.equal(["not asked", "not running", "not asked"]);
  });
});
