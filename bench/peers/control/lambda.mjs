// The handler as a Lambda function, with the loop that a runtime of one's own has.
import { request } from "node:http";
import { handler } from "./handler.mjs";

const base = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
const call = (method, url, body) =>
  new Promise((done, failed) => {
    const asked = request(url, { method }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => done({ headers: response.headers, text: Buffer.concat(chunks).toString() }));
    });
    asked.on("error", failed);
    asked.end(body);
  });

const answer = await handler(process.env);
for (;;) {
  const { headers, text } = await call("GET", `${base}/next`);
  const event = JSON.parse(text);
  const { method, path } = event.requestContext.http;
  const { status, body } = await answer(method, path, event.headers, event.body ?? "");
  const response = { statusCode: status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  await call("POST", `${base}/${headers["lambda-runtime-aws-request-id"]}/response`, JSON.stringify(response));
}
