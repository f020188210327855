import "./sweep.css";
import { byId } from "../elements";
import { connect, wordsOf } from "../page";
import type { FromSweep, SweepState, SweepWords, ToSweep } from "./messages";
import { createView, type Shown } from "./view";

const words = wordsOf<SweepWords>();

const page = connect<ToSweep, FromSweep, SweepState>((message) => {
  switch (message.type) {
    case "none": return view.showNone(message.sweep, message.reason);
    case "space": return view.begin(message.space);
    case "progress": return view.add(message.progress);
    case "age": return view.setAge(message.isOutdated);
  }
});

const keep = ({ target, isWanted, view: chosen }: Shown): void => page.keep({ target, isWanted, view: chosen });

const view = createView(byId("root"), words, page.post, keep, page.state()?.view);
