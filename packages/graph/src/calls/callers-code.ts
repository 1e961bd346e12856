import { callerFailed } from "@omnigraph/base";

/** The callback of the caller; what it throws becomes `caller_failed`. */
export function guarded<Progress>(
  onProgress: ((progress: Progress) => void) | undefined,
  effect: string,
  name = "onProgress",
): (progress: Progress) => void {
  return (progress) => {
    try {
      onProgress?.(progress);
    } catch (cause) {
      throw callerFailed(name, effect, cause);
    }
  };
}
