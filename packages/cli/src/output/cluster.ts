import { counted } from "@omnigraph/base";
import type {
  ClusterApplyJson,
  ClusterApproveJson,
  ClusterChangeJson,
  ClusterDiagnosticJson,
  ClusterPlanJson,
  ClusterStatusJson,
  ClusterUnlockJson,
  ClusterValidateJson,
} from "@omnigraph/wire";
import { joined, lines, type Shown, shown } from "./shown.ts";

/** A check for people: what is wrong, and what there is. */
export function validateText({ resources, diagnostics }: ClusterValidateJson): Shown {
  return shown`${told(diagnostics)}${counted(resources.length, "resource")}\n`;
}

/** A plan for people: a line for each change, those of a migration below their schema. */
export function planText({ ok, changes, diagnostics }: ClusterPlanJson): Shown {
  const found = told(diagnostics);
  if (!ok) return shown`${found}this cannot be applied; nothing was changed\n`;
  if (changes.length === 0) return shown`${found}nothing to change\n`;
  return shown`${found}${joined(changes.map(changeText))}${counted(changes.length, "change")}\n`;
}

/** What an apply did, for people. */
export function appliedText({
  ok,
  changes,
  converged,
  state_observations: state,
  ...rest
}: ClusterApplyJson): Shown {
  const found = told(rest.diagnostics);
  if (!ok) return shown`${found}nothing was changed\n`;
  const end = converged
    ? shown`the cluster is as its folder describes it, deployment ${state.applied_revision_id ?? ""}\n`
    : shown`${rest.deferred_count} of ${counted(changes.length, "change")} wait\n`;
  return shown`${joined(changes.map(changeText))}${found}${end}`;
}

export function approvedText({ approval_id: id, resource, diagnostics }: ClusterApproveJson): Shown {
  if (id === null) return told(diagnostics);
  return shown`approved: the next cluster apply of this folder deletes ${resource}, approval ${id}\n`;
}

/** A state for people: what does not stand as applied, and what there is. */
export function statusText({
  state_observations: state,
  resource_statuses: statuses,
  diagnostics,
}: Omit<ClusterStatusJson, "operation">): Shown {
  const odd = Object.entries(statuses)
    .filter(([, { status }]) => status !== "applied")
    .map(([address, { status, message = "" }]) => shown`${address}: ${status}, ${message}\n`);
  const deployment = state.applied_revision_id ?? "none";
  const end = state.state_found
    ? shown`${counted(state.resource_count, "resource")}, deployment ${deployment}, revision ${state.state_revision} of the state\n`
    : shown``;
  return shown`${told(diagnostics)}${joined(odd)}${end}`;
}

export function unlockText({ diagnostics }: ClusterUnlockJson): Shown {
  return told(diagnostics);
}

const MARKS = { create: "+", update: "~", delete: "-" } as const;

function changeText({ resource, operation, disposition, reason, migration }: ClusterChangeJson): Shown {
  const waits = reason === undefined ? shown`` : shown` (${disposition}: ${reason})`;
  const steps = (migration?.steps ?? []).map(({ kind, ...step }) => {
    const about = Object.values(step).filter((value) => typeof value === "string");
    return shown`    ${kind} ${about.join(" ")}\n`;
  });
  return shown`${MARKS[operation]} ${resource}${waits}\n${joined(steps)}`;
}

function told(diagnostics: readonly ClusterDiagnosticJson[]): Shown {
  return joined(
    diagnostics.map(
      ({ severity, code, path, message }) => shown`${severity}[${code}]: ${path}: ${lines(message)}\n`,
    ),
  );
}
