/** Pictures of designs: pure functions from figures to SVG. */
export { colourProperties, pageColours, pictureStyles } from "./colours";
export type { DrawingOptions, Picture, PictureId, PictureTable } from "./picture";
export { reportOf, type MissingPicture, type Report, type ReportFigure } from "./report";
