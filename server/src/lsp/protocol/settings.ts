/** What a user chooses. */

export type SeverityOverride = "off" | "hint" | "information" | "warning" | "error";

/** The section `dsco` of the editor's settings, as `workspace/configuration` gives it. */
export interface DscoSettings {
  /** Figures above declarations, by what they stand above, and behind them what can be done; `enabled: false` is none of them. */
  readonly codeLens: {
    readonly enabled: boolean; readonly models: boolean; readonly hardware: boolean; readonly layouts: boolean; readonly plans: boolean; readonly actions: boolean;
  };
  /** What is not written: what `auto` comes to, defaults at the header of their block, the ratio to a measurement. */
  readonly inlayHints: { readonly enabled: boolean; readonly derivedValues: boolean; readonly defaults: boolean; readonly measuredRatios: boolean };
  /** By code, in place of the code's own severity. */
  readonly diagnostics: { readonly severity: Readonly<Record<string, SeverityOverride>> };
  /** Tokens; at which training FLOPs are stated where no plan says otherwise. */
  readonly sequenceLength: number;
  /** Tokens; at which a sequence's KV cache is stated. `null`: the model's own `max_context`. */
  readonly contextLength: number | null;
}
