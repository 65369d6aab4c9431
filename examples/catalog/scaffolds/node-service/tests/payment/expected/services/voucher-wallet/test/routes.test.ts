import assert from "node:assert/strict";
import { test } from "node:test";

import { answer } from "../src/routes.js";

test("it is healthy", () => {
  for (const path of ["/healthz", "/readyz"]) {
    assert.deepEqual(answer("GET", path), { status: 200, body: { status: "ok" } }, path);
  }
});

test("it says what it is", () => {
  assert.deepEqual(answer("GET", "/?from=log").body, { service: "voucher-wallet" });
});

test("what is not there is not found", () => {
  for (const path of ["/nowhere", "/toString", "/__proto__"]) {
    assert.equal(answer("GET", path).status, 404, path);
  }
  assert.equal(answer("DELETE", "/").status, 405);
});
