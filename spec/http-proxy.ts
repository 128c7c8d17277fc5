import http from "node:http";
import net, { type AddressInfo } from "node:net";

export interface HttpProxy {
  readonly port: number;
  /** Its requests, "GET http://…" or "CONNECT host:port", in order. */
  readonly asked: string[];
  readonly close: () => Promise<void>;
}

/** Starts a small HTTP proxy on this machine. It refuses clients without `login`, which is user:password. */
export async function startHttpProxy(address: string, login?: string): Promise<HttpProxy> {
  const asked: string[] = [];
  const right = login === undefined ? undefined : `Basic ${Buffer.from(login).toString("base64")}`;
  const refused = (headers: http.IncomingHttpHeaders): boolean =>
    right !== undefined && headers["proxy-authorization"] !== right;
  const sockets = new Set<net.Socket>();
  const keep = (socket: net.Socket): void => {
    sockets.add(socket.once("close", () => sockets.delete(socket)).on("error", () => socket.destroy()));
  };
  const server = http.createServer((request, response) => {
    asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
    if (refused(request.headers)) {
      response.writeHead(407).end();
      return;
    }
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !name.startsWith("proxy-")));
    const onward = http.request(request.url ?? "", { method: request.method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.writeHead(502).end());
    request.pipe(onward);
  });
  server.on("connection", keep);
  server.on("connect", (request: http.IncomingMessage, socket: net.Socket) => {
    asked.push(`CONNECT ${request.url ?? ""}`);
    if (refused(request.headers)) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    const [host, port] = (request.url ?? "").split(":");
    const onward = net.connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    keep(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
