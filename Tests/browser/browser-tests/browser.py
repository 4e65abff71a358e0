"""A headless Chromium over its DevTools protocol."""

import base64
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import axe_core_python
import websocket

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")
# Far above what any step takes.
PATIENCE = 60
# What a page may be held to: WCAG 2.2 AA, and what axe calls good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Failure(Exception):
    """What a page did that it must not do."""


class Browser:
    """One tab. Errors and requests of the page are kept in `errors` and `requests`."""

    def __init__(self):
        program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser",
                                                       "google-chrome"))), None)
        if program is None:
            raise Failure("chromium is needed; on Debian install the package chromium")
        self.profile = tempfile.mkdtemp(prefix="encuentro-browser-")
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--remote-debugging-port=0", "--remote-allow-origins=*",
             f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.socket = websocket.create_connection(self._address(), timeout=PATIENCE)
        self.number = 0
        self.errors, self.requests, self.loaded = [], [], False
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(domain + ".enable")

    def _address(self):
        file = Path(self.profile) / "DevToolsActivePort"
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if file.exists() and (lines := file.read_text().split("\n")) and lines[0]:
                with urllib.request.urlopen(f"http://127.0.0.1:{lines[0]}/json", timeout=5) as found:
                    for target in json.load(found):
                        if target["type"] == "page":
                            return target["webSocketDebuggerUrl"]
            time.sleep(0.05)
        raise Failure("the browser did not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def ask(self, method, **parameters):
        """Calls a method of the protocol, and gives its result."""
        self.number += 1
        self.socket.send(json.dumps(
            {"id": self.number, "method": method, "params": parameters}))
        while True:
            answer = self._next()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise Failure(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def _next(self):
        answer = json.loads(self.socket.recv())
        method, found = answer.get("method"), answer.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.errors.append(found["exceptionDetails"].get("text", "exception"))
        elif method == "Log.entryAdded" and found["entry"]["level"] in ("error", "warning"):
            self.errors.append(found["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and found["type"] in ("error", "warning"):
            self.errors.append(str([one.get("value") for one in found["args"]]))
        elif method == "Network.requestWillBeSent":
            self.requests.append(found["request"]["url"])
        elif method == "Page.loadEventFired":
            self.loaded = True
        elif method == "Page.javascriptDialogOpening":
            self.errors.append("a dialog: " + found["message"])
        return answer

    def open(self, file, anchor=""):
        """Loads a file afresh. Raises Failure for errors and for requests of others."""
        # So that another anchor of the same file is loaded too.
        self._go("about:blank")
        self.errors, self.requests = [], []
        address = Path(file).resolve().as_uri()
        self._go(address + ("#" + anchor if anchor else ""))
        # Until it has been painted.
        self.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
        self.check(address)

    def _go(self, address):
        self.loaded = False
        self.ask("Page.navigate", url=address)
        while not self.loaded:
            self._next()

    def check(self, address):
        if self.errors:
            raise Failure(f"errors: {self.errors}")
        others = {one for one in self.requests
                  if not one.startswith((address, "data:", "about:"))}
        if others:
            raise Failure(f"requests: {others}")

    def evaluate(self, expression):
        """The value of an expression, awaited."""
        found = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True,
                         returnByValue=True)
        if "exceptionDetails" in found:
            raise Failure(f"{expression}: {found['exceptionDetails']}")
        return found["result"].get("value")

    def look(self, width, height, dark=False):
        """Sets the window's size and whether the reader's system is dark."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=1, mobile=width < 500)
        self.ask("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def picture(self, file, most=6000):
        """The whole page, as far as anybody would scroll."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        shot = self.ask(
            "Page.captureScreenshot", captureBeyondViewport=True,
            clip={"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], most),
                  "scale": 1})
        Path(file).write_bytes(base64.b64decode(shot["data"]))

    def paper(self, file):
        """A4, as a PDF."""
        printed = self.ask("Page.printToPDF", paperWidth=8.27, paperHeight=11.69,
                           printBackground=True, preferCSSPageSize=True)
        Path(file).write_bytes(base64.b64decode(printed["data"]))

    def violations(self):
        """What axe-core finds, in words."""
        self.evaluate(AXE + "; 1")
        found = json.loads(self.evaluate(
            "axe.run(document, {runOnly: %s}).then((found) => JSON.stringify("
            "found.violations.map((one) => [one.id, one.nodes.length, one.nodes[0].html"
            ".slice(0, 200), one.nodes[0].failureSummary])))" % json.dumps(RULES)))
        return [f"{id}: {count} times, first {html} ({why})" for id, count, html, why in found]

    def press(self, key, code):
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                     windowsVirtualKeyCode=code)
