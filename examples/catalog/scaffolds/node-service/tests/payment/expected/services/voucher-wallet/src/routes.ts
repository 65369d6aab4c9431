import type { IncomingMessage, ServerResponse } from "node:http";

/** What a route answers. */
interface Answer {
  status: number;
  body: unknown;
}

const ROUTES: Record<string, () => Answer> = {
  // For whoever finds the address in a log.
  "/": () => ({ status: 200, body: { service: "voucher-wallet" } }),
  // Kubernetes starts it anew when this does not answer.
  "/healthz": () => ({ status: 200, body: { status: "ok" } }),
  // Ask here whether what it needs is there: it gets requests only while this says so.
  "/readyz": () => ({ status: 200, body: { status: "ok" } }),
};

/** Answers a request. */
export function handle(request: IncomingMessage, response: ServerResponse): void {
  const { status, body } = answer(request.method ?? "GET", request.url ?? "/");
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

/** Returns the answer to a request for `url`. */
export function answer(method: string, url: string): Answer {
  const path = url.split("?", 1)[0] ?? "/";
  const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (!route) {
    return { status: 404, body: { error: "there is nothing here" } };
  }
  if (method !== "GET" && method !== "HEAD") {
    return { status: 405, body: { error: `${method} is not possible here` } };
  }
  return route();
}
