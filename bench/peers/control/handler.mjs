// The part of the control API that the benchmark asks for, as one would write it in JavaScript: the token of a caller in
// constant time, a limit for each caller, a strict request, the policy, a hash-chained log that is on the disk before an answer
// goes out, and the status of a registry whose provider is not configured.
import { createHash, timingSafeEqual } from "node:crypto";
import { open, readFile } from "node:fs/promises";

const hash = (text) => createHash("sha256").update(text).digest();
const KEYS = new Set(["action", "target", "ami_override", "caller", "idempotencyKey"]);

// What comes while the disk is busy goes to it together.
class Log {
  constructor(file) {
    this.file = file;
    this.seq = 0;
    this.head = "0".repeat(64);
    this.waiting = [];
    this.busy = false;
  }

  append(entry) {
    return new Promise((done, failed) => {
      this.waiting.push({ entry, done, failed });
      if (!this.busy) this.flush();
    });
  }

  async flush() {
    this.busy = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, 128);
      let text = "";
      for (const { entry } of batch) {
        this.seq += 1;
        const line = JSON.stringify({ seq: this.seq, prev: this.head, ...entry }).slice(0, -1);
        this.head = createHash("sha256").update(line).digest("hex");
        text += `${line},"hash":"${this.head}"}\n`;
      }
      try {
        await this.file.appendFile(text);
        await this.file.datasync();
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.busy = false;
  }
}

class Limiter {
  constructor(perMinute) {
    this.perMinute = perMinute;
    this.left = new Map();
  }

  take(caller) {
    const now = performance.now();
    const left = this.left.get(caller) ?? { requests: this.perMinute, at: now };
    left.requests = Math.min(this.perMinute, left.requests + ((now - left.at) / 60000) * this.perMinute);
    left.at = now;
    this.left.set(caller, left);
    if (left.requests < 1) return false;
    left.requests -= 1;
    return true;
  }
}

const refusal = (status, code, error) => ({ status, body: { ok: false, error, code } });

export async function handler(environment) {
  const registry = Object.keys(JSON.parse(await readFile(environment.CLAWLETS_FLEET, "utf8")));
  const tokens = Object.entries(JSON.parse(await readFile(environment.CONTROL_API_TOKENS_FILE, "utf8")));
  const known = [["human", environment.CONTROL_API_TOKEN], ...tokens].map(([who, token]) => [who, hash(token)]);
  const log = new Log(await open(environment.CONTROL_AUDIT_LOG, "a", 0o600));
  const limiter = new Limiter(1_000_000_000);

  const identify = (header) => {
    const match = /^bearer[ \t]+(\S+)$/i.exec(header ?? "");
    const presented = hash(match?.[1] ?? "");
    let found;
    for (const [who, token] of known) if (timingSafeEqual(token, presented)) found = who;
    return match ? found : undefined;
  };

  const denied = async (entry, answer) => {
    await log.append({ at: new Date().toISOString(), kind: "decision", face: "http", decision: "deny", code: answer.body.code, ...entry });
    return answer;
  };

  return async (method, path, headers, body) => {
    if (method === "GET" && path === "/healthz") return { status: 200, body: { ok: true } };
    if (method !== "POST" || path !== "/") return refusal(404, "not_found", "there is no such page");
    const who = identify(headers.authorization);
    if (!who) return denied({ actor: "nobody", action: "unknown" }, refusal(401, "unauthorized", "a valid token is needed"));
    if (!limiter.take(who)) return refusal(429, "too_many_requests", "too many requests");
    let request;
    try {
      request = JSON.parse(body);
    } catch {
      request = null;
    }
    const isText = (value) => value === undefined || value === null || typeof value === "string";
    const isRequest = request && typeof request === "object" && !Array.isArray(request) && typeof request.action === "string";
    if (!isRequest || Object.entries(request).some(([key, value]) => !KEYS.has(key) || !isText(value))) {
      return denied({ actor: who, action: "unknown" }, refusal(400, "malformed", "the body is no request"));
    }
    if (request.action.toLowerCase() === "status") {
      const instances = registry.map((name) => ({ name, id: null, state: "unknown", ami: null, ip: null }));
      const unavailable = ["aws: no credentials are configured"];
      return { status: 200, body: { ok: true, instances, asOf: new Date().toISOString(), stale: true, ageSeconds: 0, unavailable } };
    }
    const entry = { actor: `instance:${who}`, action: "deploy", target: request.target };
    if (!registry.includes(request.target)) return denied(entry, refusal(400, "unknown_target", "there is no such host"));
    if (request.target === who) return denied(entry, refusal(403, "self_deploy", "a bot does not deploy itself"));
    return denied(entry, refusal(502, "upstream", "this peer deploys nothing"));
  };
}
