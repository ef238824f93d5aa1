import { language } from "./language.js";

/** What the server refused, or why it could not be reached (`code` "unreachable"). */
export class Refusal extends Error {
  constructor(code, text, status, urgent) {
    super(code);
    this.code = code;
    this.text = text;
    this.status = status;
    this.urgent = urgent;
  }
}

/** The few HTTP calls beside the socket. Secrets go in the body or the header, never in the address. */
export class Api {
  constructor(server) {
    this.server = server;
  }

  url(path) {
    return new URL(path, this.server).href;
  }

  get(path, token) {
    return this.call(path, { method: "GET", headers: authorised(token) });
  }

  /** A file, as it is. */
  text(path, token) {
    return this.call(path, { method: "GET", headers: authorised(token) }, (response) => response.text());
  }

  post(path, body, token) {
    const headers = { "Content-Type": "application/json", ...authorised(token) };
    return this.call(path, { method: "POST", headers, body: JSON.stringify(body || {}) });
  }

  remove(path, body, token) {
    const headers = { "Content-Type": "application/json", ...authorised(token) };
    return this.call(path, { method: "DELETE", headers, body: JSON.stringify(body) });
  }

  async call(path, options, read = (response) => response.json()) {
    let response;
    try {
      response = await fetch(this.url(path), {
        ...options,
        headers: { "Accept-Language": language(), ...options.headers },
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
      });
    } catch (unreachable) {
      throw new Refusal("unreachable", null, 0);
    }
    if (response.ok) return read(response).catch(() => ({}));
    const body = await response.json().catch(() => ({}));
    throw new Refusal(body.code || "unknown", body.text, response.status, body.urgent);
  }
}

function authorised(token) {
  return token ? { Authorization: `Bearer ${token}` } : {};
}
