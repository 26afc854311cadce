# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""A reverse proxy in front of the homeserver that misbehaves as it is told, and keeps a record.

    with Proxy(server.base) as proxy:
        proxy.on("PUT", "/send/", times=1).cut_after()       # the server has it, the client never hears
        proxy.on(path="/sync", times=2).answer(502)
        proxy.on(path="/sync", times=1).answer(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 900})
        proxy.on(path="/messages").rewrite(lambda body: {**body, "chunk": "not a list"})
        with proxy.offline(): ...                             # connections are refused
        proxy.wait("PUT", "/send/", count=2)                  # until it has been asked that often

Rules are tried in the order they were made (but `ahead`); the first that matches and is not used up decides.  It
also serves as the HTTP proxy of a client (absolute addresses and CONNECT).
"""
import contextlib
import http.client
import http.server
import json
import re
import select
import socket
import ssl
import struct
import threading
import time
import urllib.parse

HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding",
              "upgrade", "accept-encoding", "content-length", "host"}


PATIENCE = 240  # seconds for a request that is waited for, on a busy machine


class Rule:
    """What to do with matching requests; each method below sets the action and returns the rule."""

    def __init__(self, method, path, token, times, skip, where):
        self.method, self.path = method, re.compile(path) if path else None
        self.token, self.times, self.skip, self.where = token, times, skip, where
        self.used = 0
        self.action = self.argument = None
        self.gate, self.holding = threading.Event(), threading.Event()

    def matches(self, request):
        return ((self.method is None or request.method == self.method)
                and (self.path is None or self.path.search(request.target))
                and (self.token is None or request.token == self.token)
                and (self.where is None or self.where(request)))

    def _set(self, action, argument=None):
        self.action, self.argument = action, argument
        return self

    def answer(self, status, body=None, headers=None):
        """Answers instead of the server: body is JSON, or text, or bytes."""
        return self._set("answer", (status, body, headers or {}))

    def delay(self, seconds):
        """Passes the request on after this time."""
        return self._set("delay", seconds)

    def hold(self):
        """Passes the request on at once, its answer only after release(); `holding` is set once the server
        has given one."""
        return self._set("hold")

    def release(self):
        """Treats no more requests, and lets go of what it holds."""
        self.times = 0
        self.skip = 0
        self.gate.set()

    def cut_before(self, first=None):
        """Drops the connection; the server hears nothing.  first() is called before."""
        return self._set("cut_before", first)

    def cut_after(self, first=None):
        """Drops the connection once the server has answered: a lost answer after the commit.
        first() is called before it is dropped."""
        return self._set("cut_after", first)

    def truncate(self, size):
        """Announces the whole answer, sends so many bytes of it, drops the connection."""
        return self._set("truncate", size)

    def rewrite(self, change):
        """Sends change(JSON of the answer): JSON again, or bytes, or a (status, body) pair."""
        return self._set("rewrite", change)

    def rewrite_request(self, change):
        """Passes on change(JSON of the request) in its place; what is recorded is the client's own."""
        return self._set("rewrite_request", change)


class Request:
    """A recorded request; status is None while it is unanswered, 0 if its connection was dropped."""

    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.data = method, target, headers, body
        self.path, _, query = target.partition("?")
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        self.token = headers.get("Authorization", "").removeprefix("Bearer ") or None
        self.began, self.ended, self.status = time.monotonic(), None, None

    @property
    def body(self):
        return json.loads(self.data) if self.data else None

    def __repr__(self):
        return f"<{self.method} {self.path} {self.status}>"


class Proxy:
    """One listening socket on 127.0.0.1; certificate is a (file, key file) pair for HTTPS."""

    def __init__(self, upstream, certificate=None):
        self.upstream = urllib.parse.urlsplit(upstream)
        self.certificate = certificate
        self.rules, self.requests, self.sockets = [], [], set()
        self.changed = threading.Condition()
        self.closed = False
        self.server = self.kept = None
        self._listen(0)
        self.port = self.server.server_address[1]
        self.base = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # -- misbehaviour

    def on(self, method=None, path=None, token=None, times=None, skip=0, where=None, ahead=False):
        """A rule for requests with this method, a path (with its query) in which the regular
        expression is found, this token, and where(request) true: the first `skip` pass, then `times`
        (None: all) are treated; ahead: it is tried before those there are."""
        rule = Rule(method, path, token, times, skip, where)
        with self.changed:
            self.rules.insert(0 if ahead else len(self.rules), rule)
        return rule

    def clear(self):
        """Forgets all rules and releases what they hold."""
        with self.changed:
            rules, self.rules = self.rules, []
        for rule in rules:
            rule.release()

    def drop_connections(self):
        for sock in list(self.sockets):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def offline(self):
        """Refuses connections, and drops those there are, until the block ends."""
        self.go_offline()
        try:
            yield
        finally:
            self.go_online()

    def go_offline(self):
        self._unlisten()
        self.kept = socket.socket()  # does not listen: nobody else gets the port meanwhile
        self.kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.kept.bind(("127.0.0.1", self.port))
        self.drop_connections()

    def go_online(self):
        if not self.server:
            self._listen(self.port)

    def captive(self, redirect=None):
        """Answers everything like the sign-in page of a guest network."""
        page = "<!DOCTYPE html><html><head><title>Accès Wi-Fi</title></head><body>Identifiez-vous</body></html>"
        headers = {"Content-Type": "text/html; charset=utf-8"}
        if redirect:
            return self.on().answer(302, page, {**headers, "Location": redirect})
        return self.on().answer(200, page, headers)

    # -- record

    def count(self, method=None, path=None, status=None):
        return len(self.find(method, path, status))

    def find(self, method=None, path=None, status=None):
        with self.changed:
            return [r for r in self.requests
                    if (method is None or r.method == method)
                    and (path is None or re.search(path, r.target))
                    and (status is None or r.status == status)]

    def forget(self):
        with self.changed:
            self.requests.clear()

    def wait(self, method=None, path=None, count=1, timeout=PATIENCE, answered=True):
        """The requests that match, once there are so many of them (answered, or just made)."""
        deadline = time.monotonic() + timeout
        with self.changed:
            while True:
                found = [r for r in self.requests
                         if (method is None or r.method == method)
                         and (path is None or re.search(path, r.target))
                         and (not answered or r.ended is not None)]
                if len(found) >= count:
                    return found
                if not self.changed.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"{len(found)} of {count} {method or ''} {path or ''} in {timeout} s; "
                                       f"last requests: {self.requests[-8:]}")

    def most_at_once(self, path):
        """How many matching requests were ever under way together."""
        spans = [(r.began, r.ended or float("inf")) for r in self.find(path=path)]
        return max((sum(b <= began < e for b, e in spans) for began, _ in spans), default=0)

    # -- inside

    def close(self):
        self.clear()
        self.closed = True
        self._unlisten()
        self.drop_connections()

    def _listen(self, port):
        handler = type("Handler", (_Handler,), {"proxy": self})
        server = _Server(("127.0.0.1", port), handler, bind_and_activate=not self.kept)
        if self.kept:
            server.socket.close()
            server.socket, self.kept = self.kept, None
            server.server_activate()
        server.daemon_threads, server.block_on_close = True, False
        server.handle_error = lambda *_: None  # dropped connections are our business here
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True,
                                                do_handshake_on_connect=False)
        self.server = server
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def _unlisten(self):
        if self.server:
            server, self.server = self.server, None
            server.shutdown()
            server.server_close()
        if self.kept:
            self.kept.close()
            self.kept = None

    def _begin(self, request):
        with self.changed:
            self.requests.append(request)
            self.changed.notify_all()
            for rule in self.rules:
                if not rule.matches(request) or (rule.times is not None
                                                 and rule.used >= rule.times + rule.skip):
                    continue
                rule.used += 1
                if rule.used > rule.skip:
                    return rule
        return None

    def _end(self, request, status):
        with self.changed:
            request.status, request.ended = status, time.monotonic()
            self.changed.notify_all()

    def _own_address(self, target, data):
        """Keeps clients with us: the server's answers name its own address."""
        if re.search(r"/\.well-known/|/login\b|/register\b", target):
            return data.replace(self.upstream.geturl().encode(), self.base.encode())
        return data


class _Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128  # beyond it a connection begins a second late


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy = None

    def setup(self):
        super().setup()
        self.link = None
        self.proxy.sockets.add(self.connection)

    def finish(self):
        self.proxy.sockets.discard(self.connection)
        if self.link:
            self.link.close()
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.read(int(self.headers.get("Content-Length") or 0))

    def read(self, size):
        data = self.rfile.read(size)
        if len(data) < size:  # a client that died while it spoke has asked for nothing
            raise ConnectionResetError("the client is gone")
        return data

    def handle_one(self):
        target = self.path
        if target.startswith("http"):  # we are the client's HTTP proxy
            parts = urllib.parse.urlsplit(target)
            target = urllib.parse.urlunsplit(("", "", parts.path, parts.query, ""))
        request = Request(self.command, target, self.headers, self.body())
        rule = self.proxy._begin(request)
        action, argument = (rule.action, rule.argument) if rule else (None, None)
        try:
            if action == "cut_before":
                self.cut(argument)
            elif action == "answer":
                self.give(request, *argument)
            else:
                if action == "delay":
                    time.sleep(argument)
                data = request.data
                if action == "rewrite_request":
                    data = json.dumps(argument(request.body)).encode()
                code, headers, data = self.forward(request, data)
                data = self.proxy._own_address(target, data)
                if action == "hold":
                    rule.holding.set()
                    rule.gate.wait(300)
                if action == "cut_after":
                    self.cut(argument)
                elif action == "truncate":
                    self.reply(code, data, headers, argument)
                    self.cut()
                else:
                    if action == "rewrite":
                        data = argument(json.loads(data))
                        if isinstance(data, tuple):
                            code, data = data
                    self.give(request, code, data, headers)
        except (OSError, http.client.HTTPException):
            self.close_connection = True
            request.ended = None
        finally:
            if request.ended is None:
                self.proxy._end(request, 0)

    def give(self, request, status, body, headers):
        """Recorded first: whoever has the answer finds it in the record."""
        self.proxy._end(request, status)
        self.reply(status, body, headers)

    do_GET = do_PUT = do_POST = do_DELETE = do_OPTIONS = do_HEAD = handle_one

    def do_CONNECT(self):
        request = Request("CONNECT", self.path, self.headers, b"")
        rule = self.proxy._begin(request)
        if rule and rule.action == "answer":
            self.reply(*rule.argument)
            self.proxy._end(request, rule.argument[0])
            return
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port))) as far:
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            self.proxy._end(request, 200)
            ends = [self.connection, far]
            while not self.proxy.closed:
                for near in select.select(ends, [], [], 1)[0]:
                    data = near.recv(65536)
                    if not data:
                        self.close_connection = True
                        return
                    ends[near is self.connection].sendall(data)

    def forward(self, request, body):
        """Asks the server: (status, headers, bytes).  The link to it is kept with the client's."""
        up = self.proxy.upstream
        headers = {k: v for k, v in request.headers.items() if k.lower() not in HOP_BY_HOP}
        headers["Content-Length"] = str(len(body))
        for last in (False, True):
            if not self.link:
                kind = http.client.HTTPSConnection if up.scheme == "https" else http.client.HTTPConnection
                more = {"context": ssl._create_unverified_context()} if up.scheme == "https" else {}
                self.link = kind(up.hostname, up.port, timeout=120, **more)
                last = True
            try:
                self.link.request(request.method, request.target, body, headers)
                answer = self.link.getresponse()
                data = answer.read()
                return answer.status, {k: v for k, v in answer.headers.items()
                                       if k.lower() not in HOP_BY_HOP | {"date", "server"}}, data
            except (OSError, http.client.HTTPException):
                self.link.close()
                self.link = None
                if last:
                    raise

    def reply(self, status, body, headers, size=None):
        if isinstance(body, (dict, list)) or body is None and status >= 400:
            body = json.dumps(body or {"errcode": "M_UNKNOWN", "error": "Injected"}).encode()
            headers = {"Content-Type": "application/json", **headers}
        elif isinstance(body, str):
            body = body.encode()
        body = body or b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body if size is None else body[:size])
        self.wfile.flush()

    def cut(self, first=None):
        """A reset, as when a cable is pulled from a router that is still there."""
        if first:
            first()
        self.close_connection = True
        with contextlib.suppress(OSError):
            if not isinstance(self.connection, ssl.SSLSocket):
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.shutdown(socket.SHUT_RDWR)
