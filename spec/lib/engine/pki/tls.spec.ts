import type { AddressInfo } from "node:net";
import tls from "node:tls";
import { expect } from "chai";
import { authority, by, issued, type Issued } from "./issued.ts";

/** A TLS server that requires a client certificate and replies with the client's name. */
async function serve(server: Issued, ca: Issued): Promise<tls.Server> {
  const options = { cert: server.pem, key: server.keyPem, ca: ca.pem, requestCert: true, rejectUnauthorized: true };
  const listening = tls.createServer(options, (socket) => {
    socket.on("error", () => undefined);
    socket.end(`hello ${String(socket.getPeerCertificate().subject.CN)}`);
  });
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return listening;
}

const call = (server: tls.Server, client: Issued, ca: Issued, host = "127.0.0.1"): Promise<string> =>
  new Promise((resolve) => {
    const { port } = server.address() as AddressInfo;
    const options = { port, host: "127.0.0.1", cert: client.pem, key: client.keyPem, ca: ca.pem };
    const named = host === "127.0.0.1" ? {} : { servername: host };
    const socket = tls.connect({ ...options, ...named });
    let said = "";
    socket.on("data", (data: Buffer) => (said += data.toString()));
    socket.on("error", (error: Error) => resolve(error.message));
    socket.on("close", () => resolve(said === "" ? "closed" : said));
  });

describe("certificates in a TLS handshake", () => {
  it("a server accepts a client of its own CA and refuses one of another CA, even with the same name", async () => {
    const [ca, other] = await Promise.all([authority("ca"), authority("ca")]);
    const server = await serve(
      await issued("server", { profile: "server", dns: ["api.example"], ips: ["127.0.0.1"], ...by(ca) }),
      ca,
    );
    try {
      expect(await call(server, await issued("friend", by(ca)), ca)).to.equal("hello friend");
      expect(await call(server, await issued("friend", by(ca)), ca, "api.example")).to.equal("hello friend");
      expect(await call(server, await issued("stranger", by(other)), ca)).not.to.contain("hello");
      expect(await call(server, await issued("friend", by(ca)), other)).not.to.contain("hello");
      expect(await call(server, await issued("friend", by(ca)), ca, "elsewhere.example")).to.contain("altnames");
    } finally {
      server.close();
    }
  });

  it("a client certificate does not work for a server, nor a server certificate for a client", async () => {
    const ca = await authority("ca");
    const [server, client] = await Promise.all([
      issued("server", { profile: "server", ips: ["127.0.0.1"], ...by(ca) }),
      issued("client", { profile: "client", ips: ["127.0.0.1"], ...by(ca) }),
    ]);
    const [right, wrong] = await Promise.all([serve(server, ca), serve(client, ca)]);
    try {
      expect(await call(right, server, ca)).not.to.contain("hello");
      expect(await call(wrong, client, ca)).not.to.contain("hello");
      expect(await call(right, client, ca)).to.equal("hello client");
    } finally {
      right.close();
      wrong.close();
    }
  });
});
