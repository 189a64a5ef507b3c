// The handler over HTTP, on a free port of loopback that it says on standard error.
import { createServer } from "node:http";
import { handler } from "./handler.mjs";

const answer = await handler(process.env);
const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", async () => {
    const { status, body } = await answer(request.method, request.url, request.headers, Buffer.concat(chunks).toString());
    const text = JSON.stringify(body);
    response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
    response.end(text);
  });
});
server.listen(0, "127.0.0.1", () => console.error(`listening on http://127.0.0.1:${server.address().port}`));
