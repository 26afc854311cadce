# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""libolm by ctypes, as much of it as a hand-driven device needs.  Keys are unpadded base64 text."""
import ctypes
import os

_lib = ctypes.CDLL("libolm.so.3")
_ERROR = ctypes.c_size_t(-1).value
PICKLE_KEY = b"test"


class OlmError(Exception):
    """The name that libolm gives the failure."""


class _Object:
    """Memory of libolm's; _call() gives a function's result or raises its error."""

    kind = ""

    def __init__(self):
        size = _function(f"{self.kind}_size")()
        self.memory = ctypes.create_string_buffer(size)
        make = f"olm_{self.kind}" if not self.kind.startswith("olm_") else self.kind
        function = getattr(_lib, make)
        function.restype, function.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
        self.pointer = function(self.memory)

    def _call(self, name, *arguments):
        words = []
        for argument in arguments:
            if isinstance(argument, str):
                argument = argument.encode()
            if isinstance(argument, (bytes, ctypes.Array)):
                # libolm writes into some of its inputs, so each gets a copy of its own
                buffer = argument if isinstance(argument, ctypes.Array) else ctypes.create_string_buffer(argument, len(argument))
                words += [ctypes.cast(buffer, ctypes.c_void_p), ctypes.c_size_t(len(buffer))]
            elif isinstance(argument, _Object):
                words.append(ctypes.c_void_p(argument.pointer))
            elif isinstance(argument, _Raw):
                words.append(argument.word)
            else:
                words.append(ctypes.c_size_t(argument))
        result = _function(name)(ctypes.c_void_p(self.pointer), *words)
        if result == _ERROR:
            last = getattr(_lib, f"olm_{self.kind}_last_error")
            last.restype = ctypes.c_char_p
            raise OlmError(last(ctypes.c_void_p(self.pointer)).decode())
        return result

    def _random(self, length_function, *arguments):
        return os.urandom(self._call(length_function, *arguments))

    def pickle(self):
        buffer = ctypes.create_string_buffer(self._call(f"pickle_{self.kind}_length"))
        self._call(f"pickle_{self.kind}", PICKLE_KEY, buffer)
        return buffer.raw

    @classmethod
    def unpickle(cls, text):
        self = cls.__new__(cls)
        _Object.__init__(self)
        self._call(f"unpickle_{self.kind}", PICKLE_KEY, text)
        return self


class _Raw:
    """A word that is passed as it is."""

    def __init__(self, word):
        self.word = word


def _function(name):
    function = getattr(_lib, "olm_" + name)
    function.restype = ctypes.c_size_t
    return function


def _text(buffer, length=None):
    return (buffer.raw if length is None else buffer.raw[:length]).decode()


class Account(_Object):
    kind = "account"

    def __init__(self):
        super().__init__()
        self._call("create_account", self._random("create_account_random_length"))

    def _read(self, name):
        buffer = ctypes.create_string_buffer(self._call(name + "_length"))
        return _text(buffer, self._call(name, buffer))

    def identity_keys(self):
        return self._read("account_identity_keys")

    def one_time_keys(self):
        return self._read("account_one_time_keys")

    def fallback_key(self):
        return self._read("account_unpublished_fallback_key")

    def generate_one_time_keys(self, count):
        random = self._random("account_generate_one_time_keys_random_length", count)
        self._call("account_generate_one_time_keys", count, random)

    def generate_fallback_key(self):
        self._call("account_generate_fallback_key", self._random("account_generate_fallback_key_random_length"))

    def mark_published(self):
        self._call("account_mark_keys_as_published")

    def remove_one_time_keys(self, session):
        _Object._call(self, "remove_one_time_keys", session)

    def sign(self, message):
        buffer = ctypes.create_string_buffer(self._call("account_signature_length"))
        self._call("account_sign", message, buffer)
        return _text(buffer)


class Session(_Object):
    kind = "session"

    @classmethod
    def outbound(cls, account, identity_key, one_time_key):
        self = cls()
        self._call("create_outbound_session", account, identity_key, one_time_key,
                   self._random("create_outbound_session_random_length"))
        return self

    @classmethod
    def inbound(cls, account, identity_key, body):
        self = cls()
        self._call("create_inbound_session_from", account, identity_key, body)
        return self

    def matches(self, identity_key, body):
        return self._call("matches_inbound_session_from", identity_key, body) == 1

    def encrypt(self, text):
        """(type, body)"""
        kind = self._call("encrypt_message_type")
        random = self._random("encrypt_random_length")
        text = text.encode()
        buffer = ctypes.create_string_buffer(self._call("encrypt_message_length", len(text)))
        self._call("encrypt", text, random, buffer)
        return kind, _text(buffer)

    def decrypt(self, kind, body):
        buffer = ctypes.create_string_buffer(self._call("decrypt_max_plaintext_length", kind, body))
        return _text(buffer, self._call("decrypt", kind, body, buffer))


class OutboundGroup(_Object):
    kind = "outbound_group_session"

    def __init__(self):
        super().__init__()
        self._call("init_outbound_group_session", self._random("init_outbound_group_session_random_length"))

    def _read(self, name):
        buffer = ctypes.create_string_buffer(self._call(name + "_length"))
        return _text(buffer, self._call(name, buffer))

    @property
    def session_id(self):
        return self._read("outbound_group_session_id")

    @property
    def session_key(self):
        """At the present index."""
        return self._read("outbound_group_session_key")

    @property
    def index(self):
        function = _lib.olm_outbound_group_session_message_index
        function.restype = ctypes.c_uint32
        return function(ctypes.c_void_p(self.pointer))

    def encrypt(self, text):
        text = text.encode()
        buffer = ctypes.create_string_buffer(self._call("group_encrypt_message_length", len(text)))
        return _text(buffer, self._call("group_encrypt", text, buffer))


class InboundGroup(_Object):
    kind = "inbound_group_session"

    def __init__(self, session_key):
        super().__init__()
        self._call("init_inbound_group_session", session_key)

    def decrypt(self, body):
        """(text, index)"""
        buffer = ctypes.create_string_buffer(self._call("group_decrypt_max_plaintext_length", body))
        index = ctypes.c_uint32()
        length = self._call("group_decrypt", body, buffer, _Raw(ctypes.byref(index)))
        return buffer.raw[:length].decode(), index.value


class Signing(_Object):
    """An Ed25519 key pair that is no device's."""

    kind = "pk_signing"

    def __init__(self):
        super().__init__()
        self.seed = os.urandom(_function("pk_signing_seed_length")())
        buffer = ctypes.create_string_buffer(_function("pk_signing_public_key_length")())
        self._call("pk_signing_key_from_seed", buffer, self.seed)
        self.public = _text(buffer)

    def sign(self, message):
        buffer = ctypes.create_string_buffer(_function("pk_signature_length")())
        self._call("pk_sign", message, buffer)
        return _text(buffer)
