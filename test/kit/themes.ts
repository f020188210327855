// The colours of VS Code's own themes that pages use, under the names by which a webview finds them.

export type ThemeName = "light" | "dark" | "high contrast" | "high contrast light";

interface Theme {
  /** The class of the page's body. */
  readonly kind: string;
  readonly colours: Readonly<Record<string, string>>;
}

const fonts = {
  "font-family": '"Segoe WPC", "Segoe UI", system-ui, "Ubuntu", "Droid Sans", sans-serif', "font-size": "13px", "font-weight": "normal",
  "editor-font-family": '"Droid Sans Mono", monospace', "editor-font-size": "14px",
};

const charts = { "charts-red": "#f14c4c", "charts-blue": "#3794ff", "charts-yellow": "#cca700", "charts-orange": "#d18616", "charts-green": "#89d185", "charts-purple": "#b180d7" };
const lightCharts = { "charts-red": "#e51400", "charts-blue": "#1a85ff", "charts-yellow": "#bf8803", "charts-orange": "#d18616", "charts-green": "#388a34", "charts-purple": "#652d90" };

const theme = (kind: string, colours: Readonly<Record<string, string>>): Theme => ({
  kind, colours: Object.fromEntries(Object.entries({ ...fonts, ...colours }).map(([name, value]) => [`--vscode-${name}`, value])),
});

export const themes: Readonly<Record<ThemeName, Theme>> = {
  dark: theme("vscode-dark", {
    ...charts, "charts-foreground": "#cccccc", "charts-lines": "#cccccc80",
    foreground: "#cccccc", descriptionForeground: "#9d9d9d", errorForeground: "#f85149", focusBorder: "#0078d4",
    "editor-background": "#1f1f1f", "editor-foreground": "#cccccc", "editorWidget-background": "#202020", "editorWidget-border": "#454545",
    "editorHoverWidget-background": "#202020", "editorHoverWidget-foreground": "#cccccc", "editorHoverWidget-border": "#454545",
    "textLink-foreground": "#4daafc", "textLink-activeForeground": "#4daafc",
    "button-background": "#0078d4", "button-foreground": "#ffffff", "button-hoverBackground": "#026ec1", "button-border": "#ffffff12",
    "button-secondaryBackground": "#313131", "button-secondaryForeground": "#cccccc", "button-secondaryHoverBackground": "#3c3c3c",
    "dropdown-background": "#313131", "dropdown-foreground": "#cccccc", "dropdown-border": "#3c3c3c", "input-background": "#313131", "input-foreground": "#cccccc", "input-border": "#3c3c3c",
    "inputOption-activeBackground": "#2489db82", "inputOption-activeBorder": "#2488db", "inputOption-activeForeground": "#ffffff",
    "inputValidation-warningBackground": "#352a05", "inputValidation-warningBorder": "#b89500",
    "editorWarning-foreground": "#cca700", "editorError-foreground": "#f14c4c", "testing-iconPassed": "#73c991",
    "badge-background": "#616161", "badge-foreground": "#f8f8f8", "list-hoverBackground": "#2a2d2e", "toolbar-hoverBackground": "#5a5d5e50", "panel-border": "#2b2b2b",
  }),
  light: theme("vscode-light", {
    ...lightCharts, "charts-foreground": "#3b3b3b", "charts-lines": "#3b3b3b80",
    foreground: "#3b3b3b", descriptionForeground: "#3b3b3b", errorForeground: "#f85149", focusBorder: "#005fb8",
    "editor-background": "#ffffff", "editor-foreground": "#3b3b3b", "editorWidget-background": "#f8f8f8", "editorWidget-border": "#c8c8c8",
    "editorHoverWidget-background": "#f8f8f8", "editorHoverWidget-foreground": "#3b3b3b", "editorHoverWidget-border": "#c8c8c8",
    "textLink-foreground": "#005fb8", "textLink-activeForeground": "#005fb8",
    "button-background": "#005fb8", "button-foreground": "#ffffff", "button-hoverBackground": "#0258a8", "button-border": "#0000001a",
    "button-secondaryBackground": "#e5e5e5", "button-secondaryForeground": "#3b3b3b", "button-secondaryHoverBackground": "#cccccc",
    "dropdown-background": "#ffffff", "dropdown-foreground": "#3b3b3b", "dropdown-border": "#cecece", "input-background": "#ffffff", "input-foreground": "#3b3b3b", "input-border": "#cecece",
    "inputOption-activeBackground": "#bed6ed", "inputOption-activeBorder": "#005fb8", "inputOption-activeForeground": "#000000",
    "inputValidation-warningBackground": "#f6f5d2", "inputValidation-warningBorder": "#b89500",
    "editorWarning-foreground": "#bf8803", "editorError-foreground": "#e51400", "testing-iconPassed": "#73c991",
    "badge-background": "#cccccc", "badge-foreground": "#3b3b3b", "list-hoverBackground": "#f2f2f2", "toolbar-hoverBackground": "#b8b8b850", "panel-border": "#e5e5e5",
  }),
  "high contrast": theme("vscode-high-contrast", {
    ...charts, "charts-foreground": "#ffffff", "charts-lines": "#ffffff80",
    foreground: "#ffffff", descriptionForeground: "#ffffffb3", errorForeground: "#f48771", focusBorder: "#f38518", contrastBorder: "#6fc3df", contrastActiveBorder: "#f38518",
    "editor-background": "#000000", "editor-foreground": "#ffffff", "editorWidget-background": "#0c141f", "editorWidget-border": "#6fc3df",
    "editorHoverWidget-background": "#0c141f", "editorHoverWidget-foreground": "#ffffff", "editorHoverWidget-border": "#6fc3df",
    "textLink-foreground": "#21a6ff", "textLink-activeForeground": "#21a6ff",
    "button-background": "#000000", "button-foreground": "#ffffff", "button-border": "#6fc3df", "button-secondaryForeground": "#ffffff",
    "dropdown-background": "#000000", "dropdown-foreground": "#ffffff", "dropdown-border": "#6fc3df", "input-background": "#000000", "input-foreground": "#ffffff", "input-border": "#6fc3df",
    "inputOption-activeBorder": "#6fc3df", "inputOption-activeForeground": "#ffffff", "inputOption-activeBackground": "#00000000",
    "inputValidation-warningBackground": "#000000", "inputValidation-warningBorder": "#6fc3df",
    "editorWarning-foreground": "#ffd370", "editorError-foreground": "#f48771", "testing-iconPassed": "#73c991",
    "badge-background": "#000000", "badge-foreground": "#ffffff", "panel-border": "#6fc3df",
  }),
  "high contrast light": theme("vscode-high-contrast vscode-high-contrast-light", {
    ...lightCharts, "charts-foreground": "#292929", "charts-lines": "#29292980",
    foreground: "#292929", descriptionForeground: "#292929b3", errorForeground: "#b5200d", focusBorder: "#006bbd", contrastBorder: "#0f4a85", contrastActiveBorder: "#006bbd",
    "editor-background": "#ffffff", "editor-foreground": "#292929", "editorWidget-background": "#ffffff", "editorWidget-border": "#0f4a85",
    "editorHoverWidget-background": "#ffffff", "editorHoverWidget-foreground": "#292929", "editorHoverWidget-border": "#0f4a85",
    "textLink-foreground": "#0f4a85", "textLink-activeForeground": "#0f4a85",
    "button-background": "#0f4a85", "button-foreground": "#ffffff", "button-border": "#0f4a85", "button-secondaryBackground": "#ffffff", "button-secondaryForeground": "#292929",
    "dropdown-background": "#ffffff", "dropdown-foreground": "#292929", "dropdown-border": "#0f4a85", "input-background": "#ffffff", "input-foreground": "#292929", "input-border": "#0f4a85",
    "inputOption-activeBorder": "#0f4a85", "inputOption-activeForeground": "#292929", "inputOption-activeBackground": "#00000000",
    "inputValidation-warningBackground": "#ffffff", "inputValidation-warningBorder": "#0f4a85",
    "editorWarning-foreground": "#895503", "editorError-foreground": "#b5200d", "testing-iconPassed": "#007100",
    "badge-background": "#0f4a85", "badge-foreground": "#ffffff", "panel-border": "#0f4a85",
  }),
};
