import fastify from "fastify";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { limitTime, readBodies } from "./bodies.ts";
import "./request-context.ts";

test("a body that does not arrive in time ends its connection; a call without one takes as long as it takes", async () => {
  const app = fastify();
  readBodies(app);
  app.addHook("onRequest", async (request) => limitTime(request, 100));
  app.post("/", async () => "");
  app.get("/", async () => {
    await new Promise((done) => setTimeout(done, 300));
    return "slow";
  });
  const address = await app.listen({ host: "127.0.0.1", port: 0 });
  try {
    const slow = fetch(address);
    const socket = connect(Number(new URL(address).port), "127.0.0.1");
    socket.write(
      "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{",
    );
    await new Promise((done) => socket.once("close", done).resume());
    expect(await (await slow).text()).toBe("slow");
  } finally {
    await app.close();
  }
});
