#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""A throw-away Synapse on 127.0.0.1 with a free port, for the demo, the tests and the benchmarks.

    with Homeserver() as server:
        server.register("alice", "mot de passe")
        alice = server.login("alice", "mot de passe")

It runs inside the private root that holds Debian's matrix-synapse ($CHAPPE_SERVER_ROOT, else the
one that ./dev keeps in its cache), cannot outlive the process that started it, and is told from any
other server on the machine by a random instance name.

From a shell or another language:

    homeserver.py run [--folder DIR] [--port N] [--name NAME] [--seed MODULE[:ARGUMENT]] [--tls]
                      [--access-token-lifetime 2s] [--setting KEY=JSON]...

prints one line of JSON ({"base", "name", "pid", "folder", "ca"?, ...}) when the server answers, and
stops it when standard input ends or a signal comes.
"""
import argparse
import atexit
import base64
import concurrent.futures
import contextlib
import fcntl
import glob
import hashlib
import hmac
import json
import os
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
import uuid

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from certificates import Authority  # noqa: E402
from client import Client, MatrixError  # noqa: E402

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
SECRET = "throw-away"  # guards nothing: loopback, scratch data
START_TIMEOUT = 240  # seconds; a busy machine needs a tenth of it

# bwrap ends with the *thread* that started it, so one that lives as long as we do starts it.
_starter = concurrent.futures.ThreadPoolExecutor(1)


class NoServerRoot(Exception):
    """There is no private root with matrix-synapse on this machine."""


def server_root():
    """The folder of the private root that holds matrix-synapse."""
    named = os.environ.get("CHAPPE_SERVER_ROOT")
    cache = os.environ.get("DEV_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "chappe-dev")
    for root in [named] if named else sorted(glob.glob(cache + "/sid-*"), key=os.path.getmtime)[::-1]:
        if os.path.exists(root + "/usr/lib/python3/dist-packages/synapse/__init__.py"):
            return root
    raise NoServerRoot("no root with matrix-synapse: run './dev setup', or set CHAPPE_SERVER_ROOT")


def cache_folder():
    """Where templates and snapshots are kept between runs."""
    folder = os.environ.get("CHAPPE_TEST_CACHE") or os.path.join(TOP, "_build", "homeserver")
    os.makedirs(folder, exist_ok=True)
    return folder


@contextlib.contextmanager
def locked(path):
    """Holds an exclusive lock on path + '.lock', against other processes."""
    with open(path + ".lock", "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def copy_tree(source, target):
    """A copy of a stopped server's data, sharing blocks where the file system can."""
    subprocess.run(["cp", "-a", "--reflink=auto", source + "/.", target], check=True)


class Homeserver:
    """One server and its scratch folder; a context manager that starts and disposes of it.

    name: the Matrix server name.  folder: where its data live (None: temporary, deleted at the end).
    tls: also listen with a certificate of its own authority (`ca`), and make that address `base`.
    access_token_lifetime: of tokens that can be refreshed.  settings: further configuration, which
    replaces what is set here key by key (for instance rc_login=LOW_LOGIN_RATE).
    """

    LOW_LOGIN_RATE = {limit: {"per_second": 0.2, "burst_count": 2}
                      for limit in ("address", "account", "failed_attempts")}

    def __init__(self, name="ministere.test", folder=None, port=None, tls=False,
                 access_token_lifetime="1h", settings=None, template=True):
        self.name, self.tls, self.wanted_port = name, tls, port
        self.access_token_lifetime = access_token_lifetime
        self.settings, self.template = settings or {}, template
        self.temporary = folder is None
        self.folder = os.path.realpath(folder) if folder else tempfile.mkdtemp(prefix="chappe-hs-")
        self.process = self.pid = self.port = self.base = self.ca = self.instance = None
        self._admin = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.dispose()

    # -- life

    def start(self):
        """Starts the server and returns when it answers."""
        if self.process:
            return
        atexit.register(self.dispose)
        self._prepare()
        for _ in range(5):  # somebody may take the port between our choice and Synapse's bind
            self._launch()
            if self._answers():
                return
            if self.wanted_port:
                break
        raise RuntimeError("Synapse did not start:\n" + self.log()[-3000:])

    def stop(self, gently=False):
        """Ends the server and keeps its data; gently lets it finish its background writes and
        leaves one whole database file."""
        if not self.process:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM if gently else signal.SIGKILL)
        try:
            self.process.wait(120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = self.pid = self._admin = None
        if gently:
            with contextlib.closing(sqlite3.connect(self.folder + "/homeserver.db")) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def restart(self):
        self.stop()
        self.start()

    def dispose(self):
        """Ends the server and deletes its data if they are in a temporary folder."""
        self.stop()
        atexit.unregister(self.dispose)
        if self.temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def freeze(self, frozen=True):
        """Suspends the server (it accepts connections, answers nothing) or lets it go on."""
        os.kill(self.pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    def log(self):
        text = ""
        for name in ("stdout", "log"):
            with contextlib.suppress(OSError):
                with open(os.path.join(self.folder, name), encoding="utf-8", errors="replace") as f:
                    text += f.read()
        return text

    # -- snapshots

    def snapshot(self, target):
        """Copies the data to a folder; the server goes on if it was running."""
        running = self.process is not None
        self.stop(gently=True)
        partial = target + ".partial"
        shutil.rmtree(partial, ignore_errors=True)
        os.makedirs(partial)
        copy_tree(self.folder, partial)
        for name in ("log", "stdout", "homeserver.yaml", "tls"):
            path = os.path.join(partial, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.path.exists(path) and os.unlink(path)
        shutil.rmtree(target, ignore_errors=True)
        os.rename(partial, target)
        if running:
            self.start()

    def restore(self, source):
        """Replaces the data by a snapshot; the server goes on if it was running."""
        running = self.process is not None
        self.stop()
        if os.path.isdir(self.folder):
            shutil.rmtree(self.folder)
        os.makedirs(self.folder)
        copy_tree(source, self.folder)
        if running:
            self.start()

    def start_seeded(self, label, fill, version="", max_age=None):
        """Starts with the data that fill(self) makes, from a cached snapshot where there is one.

        A snapshot is remade when version (which names what it depends on) changes or when it is
        older than max_age seconds.  What fill returns, which must be JSON, is returned each time."""
        digest = hashlib.sha256(f"{version}\0{self.name}\0{_synapse_version()}".encode()).hexdigest()
        target = os.path.join(cache_folder(), f"{label}-{digest[:12]}")
        told = os.path.join(target, "told.json")
        with locked(os.path.join(cache_folder(), label)):
            stale = (max_age is not None and os.path.exists(told)
                     and time.time() - os.path.getmtime(told) > max_age)
            if not os.path.exists(told) or stale:
                for old in glob.glob(os.path.join(cache_folder(), label + "-*")):
                    shutil.rmtree(old, ignore_errors=True)
                self.start()
                answer = fill(self)
                with open(os.path.join(self.folder, "told.json"), "w", encoding="utf-8") as file:
                    json.dump(answer, file)
                self.snapshot(target)
                return answer
            with open(told, encoding="utf-8") as file:
                answer = json.load(file)
            self.restore(target)  # within the lock: somebody else may find it stale
        self.start()
        return answer

    # -- use

    def client(self):
        return Client(self.base, self.ca)

    def login(self, user, password, **more):
        return self.client().login(user, password, **more)

    def register(self, user, password, displayname=None, admin=False):
        """Makes an account by the shared secret and returns its Matrix id."""
        client, path = self.client(), "/_synapse/admin/v1/register"
        nonce = client.get(path)["nonce"]
        parts = [nonce, user, password, "admin" if admin else "notadmin"]
        body = {"nonce": nonce, "username": user, "password": password, "admin": admin,
                "mac": hmac.new(SECRET.encode(), "\0".join(parts).encode(), hashlib.sha1).hexdigest()}
        if displayname:
            body["displayname"] = displayname
        return client.post(path, body)["user_id"]

    def admin(self):
        """A client signed in as the server's administrator."""
        if not self._admin:
            with contextlib.suppress(MatrixError):
                self.register("administration", SECRET, "Administration", admin=True)
            self._admin = self.login("administration", SECRET)
        return self._admin

    def bulk(self, **request):
        """Fills the server quickly; see module/chappe_bulk.py for the request."""
        try:
            return Client(self.base, self.ca, timeout=600).call(
                "POST", "/_synapse/client/chappe/bulk", request, headers={"X-Chappe-Secret": SECRET})
        except MatrixError as error:
            raise RuntimeError(f"{error}\n{self.log()[-2000:]}") from None

    def describe(self):
        """What another program needs to know."""
        told = {"base": self.base, "name": self.name, "pid": self.pid, "folder": self.folder}
        return {**told, "ca": self.ca} if self.ca else told

    # -- inside

    def _prepare(self):
        os.makedirs(os.path.join(self.folder, "media"), exist_ok=True)
        if not os.path.exists(os.path.join(self.folder, "homeserver.db")):
            if self.template:
                shutil.copy(_template(), os.path.join(self.folder, "homeserver.db"))
        key = os.path.join(self.folder, "signing.key")
        if not os.path.exists(key):
            seed = base64.b64encode(os.urandom(32)).decode().rstrip("=")
            with open(key, "w", encoding="utf-8") as file:
                file.write(f"ed25519 a_test {seed}\n")

    def _configuration(self):
        def fast(*names):
            limit = {"per_second": 100000, "burst_count": 100000}
            return {name: limit for name in names} if names else limit

        listener = {"type": "http", "x_forwarded": False, "bind_addresses": ["127.0.0.1"],
                    "resources": [{"names": ["client", "media"], "compress": True}]}
        at = lambda name: os.path.join(self.folder, name)  # noqa: E731
        configuration = {
            "server_name": self.name, "public_baseurl": self.base + "/", "report_stats": False,
            "signing_key_path": at("signing.key"), "log_config": at("log.yaml"),
            "media_store_path": at("media"), "pid_file": at("pid"),
            "trusted_key_servers": [], "suppress_key_server_warning": True,
            "federation_domain_whitelist": [], "send_federation": False,
            "allow_public_rooms_without_auth": False, "allow_public_rooms_over_federation": False,
            "registration_shared_secret": SECRET, "macaroon_secret_key": SECRET,
            "form_secret": SECRET, "enable_registration": False, "bcrypt_rounds": 4,
            "refreshable_access_token_lifetime": self.access_token_lifetime,
            "refresh_token_lifetime": "24h", "nonrefreshable_access_token_lifetime": "24h",
            "database": {"name": "sqlite3", "args": {"database": at("homeserver.db")}},
            "caches": {"global_factor": 2.0}, "presence": {"enabled": True},
            "user_directory": {"enabled": True, "search_all_users": True},
            "max_upload_size": "200M", "encryption_enabled_by_default_for_room_type": "off",
            "default_room_version": "10", "listeners": [{**listener, "port": self.port, "tls": False}],
            "url_preview_enabled": False,
            "server_notices": {"system_mxid_localpart": "annonces", "room_name": "Annonces",
                               "system_mxid_display_name": "Annonces"},
            "modules": [{"module": "chappe_bulk.BulkModule", "config": {"instance": self.instance}}],
            "rc_message": fast(), "rc_registration": fast(), "rc_admin_redaction": fast(),
            "rc_login": fast("address", "account", "failed_attempts"),
            "rc_joins": fast("local", "remote"), "rc_joins_per_room": fast(),
            "rc_invites": fast("per_room", "per_user", "per_issuer"), "rc_room_creation": fast(),
            "rc_media_create": fast(), "rc_presence": {"per_user": fast()}, "rc_reports": fast(),
            "rc_3pid_validation": fast(), "rc_user_directory": fast(),
            "experimental_features": {"msc4222_enabled": True},
        }
        if self.tls:
            authority = Authority(at("tls"))
            certificate, key = authority.issue("server", ("localhost", "127.0.0.1", self.name))
            configuration["tls_certificate_path"] = certificate
            configuration["tls_private_key_path"] = key
            configuration["listeners"][0]["tls"] = True
            self.ca = authority.certificate
        configuration.update(self.settings)
        return configuration

    def _launch(self):
        self.port = self.wanted_port or free_port()
        self.base = f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"
        self.instance = uuid.uuid4().hex
        with open(os.path.join(self.folder, "homeserver.yaml"), "w", encoding="utf-8") as file:
            json.dump(self._configuration(), file, indent=1)  # JSON is YAML
        with open(os.path.join(self.folder, "log.yaml"), "w", encoding="utf-8") as file:
            json.dump({"version": 1, "disable_existing_loggers": False,
                       "formatters": {"f": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
                       "handlers": {"file": {"class": "logging.FileHandler", "formatter": "f",
                                             "filename": os.path.join(self.folder, "log")}},
                       "root": {"level": "WARNING", "handlers": ["file"]}}, file)
        told_read, told_write = os.pipe()
        command = sandbox(self.folder, told_write, "python3", "-m", "synapse.app.homeserver", "-c",
                          os.path.join(self.folder, "homeserver.yaml"))
        with open(os.path.join(self.folder, "stdout"), "ab") as output:
            self.process = _starter.submit(
                subprocess.Popen, command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                pass_fds=(told_write,), start_new_session=True).result()
        os.close(told_write)
        with os.fdopen(told_read) as told:
            text = told.read()
        self.pid = json.loads(text)["child-pid"] if text else self.process.pid

    def _answers(self):
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                probe = Client(self.base, self.ca, timeout=5)
                if probe.get("/_synapse/client/chappe/instance")["instance"] == self.instance:
                    return True
                break  # somebody else's server has the port
            except ssl.SSLCertVerificationError:
                raise
            except (OSError, MatrixError, ValueError):
                time.sleep(0.03)
        self.stop()
        return False


def sandbox(folder, information, *command):
    """The command inside the server's root, which stays read-only; folder is writable."""
    root = server_root()
    links = []
    for name in ("bin", "sbin", "lib", "lib64", "lib32"):
        if os.path.islink(f"{root}/{name}"):
            links += ["--symlink", os.readlink(f"{root}/{name}"), f"/{name}"]
    return ["bwrap", "--info-fd", str(information), "--die-with-parent", "--unshare-pid",
            "--as-pid-1", "--ro-bind", f"{root}/usr", "/usr", "--ro-bind", f"{root}/etc", "/etc",
            "--ro-bind-try", f"{root}/var/lib", "/var/lib", *links, "--dev", "/dev", "--proc", "/proc",
            "--tmpfs", "/tmp", "--tmpfs", "/run", "--bind", folder, folder,
            "--ro-bind", os.path.join(HERE, "module"), "/mnt", "--chdir", folder, "--clearenv",
            "--setenv", "PYTHONPATH", "/mnt", "--setenv", "PYTHONDONTWRITEBYTECODE", "1",
            "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "LC_ALL", "C.UTF-8",
            "--setenv", "HOME", folder, "--", *command]


def _synapse_version():
    """What identifies the Synapse of the root: its folder's name holds a hash of the package list."""
    found = glob.glob(server_root() + "/usr/lib/python3/dist-packages/matrix_synapse-*-info")
    return os.path.basename(found[0]) if found else os.path.basename(server_root())


def _template():
    """The database of a server that never had a user, made once: it saves three seconds a start."""
    path = os.path.join(cache_folder(), f"empty-{_synapse_version()}.db")
    with locked(path):
        if not os.path.exists(path):
            with Homeserver(template=False) as server:
                server.stop(gently=True)
                shutil.copy(os.path.join(server.folder, "homeserver.db"), path + ".partial")
            os.rename(path + ".partial", path)
    return path


def run(arguments):
    settings = {}
    for pair in arguments.setting:
        key, value = pair.split("=", 1)
        settings[key] = json.loads(value)
    server = Homeserver(arguments.name, arguments.folder, arguments.port, arguments.tls,
                        arguments.access_token_lifetime, settings)
    told = {}
    with server if not arguments.seed else contextlib.nullcontext():
        if arguments.seed:
            module, _, argument = arguments.seed.partition(":")
            told = __import__(module).start(server, *([argument] if argument else []))
        print(json.dumps({**server.describe(), **told}), flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            while sys.stdin.buffer.read(4096):
                pass
    server.dispose()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("run", help="run a server until standard input ends")
    verb.add_argument("--folder", help="keep the data here (default: a temporary folder)")
    verb.add_argument("--port", type=int, help="default: a free one")
    verb.add_argument("--name", default="ministere.test", help="the Matrix server name")
    verb.add_argument("--seed", help="ministry, or bulk_account:1000")
    verb.add_argument("--tls", action="store_true")
    verb.add_argument("--access-token-lifetime", default="1h")
    verb.add_argument("--setting", action="append", default=[], metavar="KEY=JSON")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        run(arguments)
    except NoServerRoot as error:
        sys.exit(f"homeserver.py: {error}")


if __name__ == "__main__":
    main()
