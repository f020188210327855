import "./report.css";
import { byId, element } from "../elements";
import { connect, wordsOf } from "../page";
import type { FromReport, ReportState, ReportWords, ToReport } from "./messages";

const words = wordsOf<ReportWords>();
const root = byId("root");

const page = connect<ToReport, FromReport, ReportState>((message) => {
  switch (message.type) {
    case "nothing":
      root.replaceChildren(element("p", {}, words.nothing));
      break;
    case "report": {
      const { declaration, kind, figures } = message.report;
      root.replaceChildren(element("h1", {}, `${kind} ${declaration}`), ...figures.map(({ title, value }) => element("p", {}, `${title}: ${value}`)));
      page.keep({ target: message.report, pinned: message.pinned, scroll: 0 });
    }
  }
});
