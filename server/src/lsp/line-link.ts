import type { PlaceLink } from "../ide";
import { openableUri, type Session } from "./session";

/** A page leads into files of the editor; it cannot open the standard library's. */
export const lineLink = (session: Session): PlaceLink => (uri, line) => {
  const address = openableUri(session, uri);
  return address?.startsWith("file:") ? `${address.replace(/\(/g, "%28").replace(/\)/g, "%29")}#L${line}` : undefined;
};
