import type { Diagnostic, DiagnosticEntry } from "../../core";
import type { Layout } from "../../cost/plan/layout";
import type { Rule } from "../rule";
import { planRule, type PlanSubject } from "./plan";

/** A rule on plans whose layout can run: what there is to say of another comes after its errors. */
export const soundPlanRule = (entries: readonly DiagnosticEntry[], check: (plan: PlanSubject, layout: Layout) => readonly Diagnostic[]): Rule =>
  planRule(entries, (plan) => {
    const layout = plan.legal();
    return layout ? check(plan, layout) : [];
  });
