# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""Certificates for tests: an authority of their own, and good, expired or misnamed certificates."""
import os
import subprocess


def _openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Authority:
    """A certification authority in a folder; `certificate` is what a client has to trust."""

    def __init__(self, folder, name="Autorité de test"):
        self.folder = folder
        self.certificate = os.path.join(folder, "ca.crt")
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(self.certificate):
            _openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-days", "3650", "-subj", f"/CN={name}", "-utf8",
                     "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                     "-keyout", "ca.key", "-out", "ca.crt")

    def issue(self, label, hosts=("localhost", "127.0.0.1"), expired=False, self_signed=False):
        """(certificate file, key file) for the hosts, valid for ten years or until long ago."""
        certificate, key = (os.path.join(self.folder, f"{label}.{end}") for end in ("crt", "key"))
        if os.path.exists(certificate):
            return certificate, key
        names = ",".join(("IP:" if host[0].isdigit() else "DNS:") + host for host in hosts)
        with open(os.path.join(self.folder, f"{label}.ext"), "w", encoding="utf-8") as file:
            file.write(f"subjectAltName={names}\nbasicConstraints=critical,CA:false\n"
                       "keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n"
                       "subjectKeyIdentifier=hash\n"
                       + ("" if self_signed else "authorityKeyIdentifier=keyid\n"))
        _openssl(self.folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-subj", f"/CN={hosts[0]}", "-keyout", f"{label}.key", "-out", f"{label}.csr")
        signer = (["-signkey", f"{label}.key"] if self_signed else
                  ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"])
        request = ["x509", "-req", "-in", f"{label}.csr", *signer, "-extfile", f"{label}.ext",
                   "-out", f"{label}.crt"]
        if not expired:
            _openssl(self.folder, *request, "-days", "3650")
            return certificate, key
        try:
            _openssl(self.folder, *request, "-not_before", "20200101000000Z", "-not_after", "20200201000000Z")
        except subprocess.CalledProcessError:  # before OpenSSL 3.4, which took negative days
            _openssl(self.folder, *request, "-days", "-1")
        return certificate, key
