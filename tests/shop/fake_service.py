"""A service of a test's own, which answers each request as the test says, in turn."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BREAK = "break the connection"


class FakeService:
    """`answers` are (status, headers, body) or BREAK; the last is given again. `requests` are (method,
    target, headers, body) as they came, `connections` counts."""

    def __init__(self, answers):
        self.answers = list(answers)
        self.requests = []
        self.connections = 0
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                service.connections += 1
                super().setup()

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                service.requests.append((self.command, self.path, dict(self.headers), body))
                answer = service.answers.pop(0) if len(service.answers) > 1 else service.answers[0]
                if answer == BREAK:
                    self.close_connection = True
                    return
                status, headers, content = answer
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        serve = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        serve.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
