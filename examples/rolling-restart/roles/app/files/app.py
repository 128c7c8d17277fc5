#!/usr/bin/python3
"""Answers with its version; a version that ends in "broken" is not healthy."""
import http.server
import os

VERSION = os.environ["APP_VERSION"]


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(500 if VERSION.endswith("broken") else 200)
        self.end_headers()
        self.wfile.write(f"{VERSION}\n".encode())


http.server.ThreadingHTTPServer(("", int(os.environ["APP_PORT"])), Answer).serve_forever()
