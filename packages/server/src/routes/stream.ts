import type { Endpoint } from "../http/endpoint.ts";
import { endpoint } from "../http/endpoint.ts";
import { changeEvents, positionOf } from "../http/change-events.ts";
import { failureJson } from "../http/failures.ts";
import { firstOf } from "../http/streams.ts";
import { filterOf, named, startOf } from "./options.ts";

/** What changes, told as it happens. */
export const STREAM: readonly Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/graphs/{graph_id}/changes/stream",
    operation: "streamChanges",
    tag: "changes",
    summary: "What commits change, as server-sent events whose data are pages of `GET /changes`.",
    parameters: "changeStreamParameters",
    answer: { shapes: [], type: "events" },
    failures: [400, 401, 403, 404, 409, 410, 413, 503],
    run: async (call, _, { branch, start, limit, ...filter }) => {
      const { served, request, limits } = call;
      const graph = await call.graph().as(call.caller);
      const { deadlineMs } = limits;
      const ends = [limits.signal, ...(deadlineMs === undefined ? [] : [AbortSignal.timeout(deadlineMs)])];
      const signal = AbortSignal.any([...ends, served.stopping]);
      const resumed = request.headers["last-event-id"];
      const asked = { ...filterOf(filter), ...named({ branch, limit }), signal: limits.signal };
      // A proxy that gathers answers would hold the events back.
      call.reply.header("x-accel-buffering", "no");
      return firstOf(
        changeEvents({
          from: typeof resumed === "string" && resumed !== "" ? positionOf(resumed) : startOf(start),
          poll: (from) => graph.changes.poll({ ...asked, ...from }),
          goesOn: () => !signal.aborted && call.isStillKnown(),
          signal,
          told: (failure) => failureJson(failure, request),
        }),
      );
    },
  }),
];
