/** The sweeps of a text with their lines, for who asks to run one. What they mean is the server's. */
export interface NamedSweep {
  readonly name: string;
  /** Zero-based. */
  readonly line: number;
}

export const sweepsOf = (text: string): readonly NamedSweep[] =>
  text.split(/\r\n|\r|\n/).flatMap((content, line) => {
    const name = /^\s*sweep\s+([A-Za-z_]\w*)\s+of\b/.exec(content)?.[1];
    return name === undefined ? [] : [{ name, line }];
  });

/** The sweep that a line belongs to: the last one that begins at it or above; `undefined` where there is none. */
export const sweepAt = (sweeps: readonly NamedSweep[], line: number): NamedSweep | undefined => sweeps.filter((sweep) => sweep.line <= line).at(-1);
