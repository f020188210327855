import { defineDiagnostic, settledValue } from "../../core";
import { formatGrouped } from "../../units";
import { setKeyFix } from "../edits";
import { numberOf, ownKey, placeOfKey, type Rule, type RuleSubject } from "../rule";

const nodeAndDomain = defineDiagnostic<{ gpus: number; domain: number; gpu: string }>({
  code: "DSCO4006", severity: "warning", title: "A node that its scale-up domains do not fill",
  message: ({ gpus, domain, gpu }) => `${formatGrouped(gpus)} \`gpus_per_node\` are no whole number of scale-up domains: \`${gpu}\` has ${formatGrouped(domain)} GPUs in one`,
  explanation:
    "Only GPUs of one domain reach each other at `scale_up.bandwidth`. A node holds a part of a domain (4 of 72 in an NVL72 rack), one domain (8 H100) or several (pairs of PCIe boards); what is left over has another bandwidth than the device says.",
  source: "NVIDIA DGX and NVL72 data sheets; Fire-Flyer AI-HPC, arXiv:2408.14158",
  example: 'import { H800 } from "std:hardware/nvidia"\n\nhardware Example {\n  gpu           = H800\n  gpus_per_node = 12\n  nodes         = 1\n}\n',
});

/** The domain of the GPU that a cluster names. */
function domainOf({ workspace, declaration }: RuleSubject): { readonly domain: number; readonly gpu: string } | undefined {
  const { value } = settledValue(workspace, declaration.block, "gpu");
  if (value?.kind !== "declaration") return undefined;
  const scaleUp = value.declaration.block.blocks.find((block) => block.keyword === "scale_up");
  const domain = scaleUp && settledValue(workspace, scaleUp, "domain").plain;
  return typeof domain === "number" ? { domain, gpu: value.declaration.name } : undefined;
}

export const nodeAndDomainRule: Rule = {
  on: ["hardware"],
  entries: [nodeAndDomain.entry],
  check: (subject) => {
    const { block } = subject.declaration;
    const gpus = numberOf(subject, block, "gpus_per_node");
    const found = domainOf(subject);
    if (gpus === undefined || !found || gpus <= found.domain || gpus % found.domain === 0) return [];
    const { domain } = found;
    return [nodeAndDomain.at(placeOfKey(subject, block, ownKey(block, ["gpus_per_node", "gpu"])), { gpus, ...found }, {
      fixes: () => [Math.floor(gpus / domain) * domain, Math.ceil(gpus / domain) * domain].flatMap((count) =>
        setKeyFix(subject, block, "gpus_per_node", count, { shows: ["gpus"] })),
    })];
  },
};
