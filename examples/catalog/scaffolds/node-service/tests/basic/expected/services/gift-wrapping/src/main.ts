import { createServer } from "node:http";

import { handle } from "./routes.js";

const port = Number(process.env["PORT"] ?? 8080);
const server = createServer(handle);

server.listen(port, () => console.log(`gift-wrapping listens on ${port}`));

// Requests that have begun are answered before it ends.
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => server.close());
}
