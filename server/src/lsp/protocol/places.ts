/** Declarations and places of documents. */

export interface DocumentEdit {
  readonly range: { readonly start: DocumentPosition; readonly end: DocumentPosition };
  readonly newText: string;
}

/** A declaration by its name, and the document that declares or imports it. */
export interface DeclarationName {
  readonly uri: string;
  /** `DeepSeekV3` */
  readonly declaration: string;
}

export interface DocumentPosition {
  readonly line: number;
  readonly character: number;
}

/** A place that a reader can go to. */
export interface PanelPlace {
  readonly uri: string;
  readonly place: DocumentPosition;
}
