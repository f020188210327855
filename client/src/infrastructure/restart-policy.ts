/** How often the server may end by itself before it is left stopped. */
export const maximumRestarts = 4;
export const restartWindowMilliseconds = 3 * 60 * 1000;

export interface RestartPolicy {
  /** Counts one unexpected end of the server; true when it should be started again. */
  readonly mayRestart: (now: number) => boolean;
  /** Forgets what was counted: the user asked for a start. */
  readonly reset: () => void;
}

/** At most `maximumRestarts` within any `restartWindowMilliseconds`, so that a server that always fails does not spin. */
export function createRestartPolicy(): RestartPolicy {
  let ends: readonly number[] = [];
  return {
    mayRestart: (now) => {
      ends = [...ends.filter((end) => now - end < restartWindowMilliseconds), now];
      return ends.length <= maximumRestarts;
    },
    reset: () => {
      ends = [];
    },
  };
}
