// VS Code without a server, as on vscode.dev: the workbench of a fetched VS Code as static files, the extension in a web
// worker, the workspace in the browser's memory (`tmp:`).
import { createReadStream, readdirSync, readFileSync, statSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { Failure } from "./failure.mjs";

/** @typedef {import("./get-vscode.mjs").VSCode} VSCode */

const contentTypes = new Map([
  [".css", "text/css"], [".html", "text/html"], [".js", "text/javascript"], [".json", "application/json"], [".mjs", "text/javascript"],
  [".png", "image/png"], [".svg", "image/svg+xml"], [".ttf", "font/ttf"], [".wasm", "application/wasm"],
]);

/** Of the workbench's page, by which a query could say otherwise. */
const workbench = "out/vs/code/browser/workbench";

/**
 * Serves the page on localhost until `stop`. `extension`: the folder of the extension; `suite`: the bundled tests, a file;
 * `workspace`: the folder whose files the tests find at /workspace.json; `onResult`: told each line that they post.
 * @param {VSCode} vscode
 * @param {{ readonly extension: string, readonly suite: string, readonly workspace: string, readonly onResult: (line: string) => void }} options
 * @returns {Promise<{ readonly address: string, readonly stop: () => void }>}
 */
export async function serveWeb(vscode, { extension, suite, workspace, onResult }) {
  const extensionPath = `/${path.basename(extension)}`;
  const suitePath = `${extensionPath}/suite.js`; // VS Code runs tests where the extension of their folder runs.
  let port = 0;
  const server = http.createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const name = decodeURIComponent(pathname);
    /** @type {(type: string, body: string) => void} */
    const send = (type, body) => void response.writeHead(200, { "content-type": type }).end(body);
    if (name === "/results") {
      let body = "";
      for await (const chunk of request) body += chunk;
      onResult(body);
      return send("text/plain", "");
    }
    if (name === "/") return send("text/html", page(vscode, port, extensionPath, suitePath));
    if (name === "/workspace.json") return send("application/json", JSON.stringify(textsOf(workspace)));
    if (name === `/vscode/${workbench}/workbench.js`) return send("text/javascript", withoutServer(readFileSync(path.join(vscode.root, workbench, "workbench.js"), "utf8"), vscode));
    const file = name === suitePath ? suite : below(name, "/vscode/", vscode.root) ?? below(name, `${extensionPath}/`, extension);
    if (file === undefined || !statSync(file, { throwIfNoEntry: false })?.isFile()) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": contentTypes.get(path.extname(file)) ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  port = /** @type {import("node:net").AddressInfo} */ (server.address()).port;
  return {
    address: `http://localhost:${port}/`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The file of `folder` that an address below `prefix` names. */
function below(/** @type {string} */ name, /** @type {string} */ prefix, /** @type {string} */ folder) {
  if (!name.startsWith(prefix)) return undefined;
  const file = path.resolve(folder, name.slice(prefix.length));
  return file.startsWith(`${folder}${path.sep}`) ? file : undefined;
}

/** @returns {Record<string, string>} the `.dsco` files of a folder */
const textsOf = (/** @type {string} */ folder) =>
  Object.fromEntries(readdirSync(folder).filter((name) => name.endsWith(".dsco")).map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));

/** VS Code's own page with its placeholders filled in. */
function page(/** @type {VSCode} */ vscode, /** @type {number} */ port, /** @type {string} */ extensionPath, /** @type {string} */ suitePath) {
  const at = (/** @type {string} */ name) => ({ scheme: "http", authority: `localhost:${port}`, path: name });
  const configuration = {
    folderUri: { scheme: "tmp", path: "/work" },
    configurationDefaults: { "files.autoSave": "off", "workbench.startupEditor": "none", "telemetry.telemetryLevel": "off", "chat.disableAIFeatures": true },
    productConfiguration: { enableTelemetry: false },
    webviewEndpoint: `http://localhost:${port}/vscode/out/vs/workbench/contrib/webview/browser/pre`,
    developmentOptions: { extensions: [at(extensionPath)], extensionTestsPath: at(suitePath), enableSmokeTestDriver: true },
    // What code-server's workbench asks for.
    userDataPath: "/data", isEnabledFileDownloads: false, isEnabledFileUploads: false, isEnabledCoderGettingStarted: false,
  };
  const escaped = (/** @type {string} */ text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  const values = new Map([
    ["WORKBENCH_SCRIPT_NONCE", "tests"],
    ["WORKBENCH_WEB_CONFIGURATION", escaped(JSON.stringify(configuration))],
    ["WORKBENCH_WEB_BASE_URL", "/vscode"],
    ["WORKBENCH_NLS_FALLBACK_URL", "/vscode/out/nls.messages.js"],
    ["WORKBENCH_NLS_URL", "/vscode/out/nls.messages.js"],
  ]);
  return readFileSync(path.join(vscode.root, workbench, "workbench.html"), "utf8").replace(/\{\{(\w+)\}\}/g, (_, name) => values.get(name) ?? "");
}

/** code-server's workbench takes the server of its page for a machine to work on, and keeps the user's settings there. Here it has none. */
function withoutServer(/** @type {string} */ text, /** @type {VSCode} */ vscode) {
  const [authority, settings] = [",remoteAuthority:location.host", /(this\.userDataPath\)\.with\(\{scheme:\w+\.)vscodeRemote\}/];
  if (!text.includes(authority) || !settings.test(text)) throw new Failure(`The workbench of VS Code ${vscode.version} is not as the tests of the web expect it.`);
  return text.replace(authority, "").replace(settings, "$1vscodeUserData}");
}
