import { isError, type Reason } from "@omnigraph/base";

/** The reason for which a call fails, or `none`. */
export async function reasonOf(call: Promise<unknown>): Promise<Reason | "none"> {
  try {
    await call;
    return "none";
  } catch (error) {
    if (isError(error)) return error.reason;
    throw error;
  }
}
