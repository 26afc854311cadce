# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""The keys of a device at a real homeserver: uploaded, claimed, renewed; conflicts; other people's devices."""
import os
import shutil
import time

from harness import PASSWORD, TIMEOUT, ServerCase
import suite

CURVE = "signed_curve25519"


class Keys(ServerCase):
    def query(self, peer, user):
        return peer.post("keys/query", {"device_keys": {user: []}})["device_keys"].get(user, {})

    def claim(self, peer, cli, times=1):
        """So many keys of the profile's device, in order."""
        keys = []
        for _ in range(times):
            answer = peer.post("keys/claim", {"one_time_keys": {cli.user: {cli.device: CURVE}}})
            keys += list(answer["one_time_keys"].get(cli.user, {}).get(cli.device, {}).items())
        return keys

    def profile(self, name="alice", sync=None):
        cli = self.cli(name, sync)
        cli.device = cli.one("whoami")["device_id"]
        cli.run("sync", "--once")
        return cli

    def uploads(self):
        return [request.body for request in self.proxy.find("POST", "/keys/upload")]

    def test_E2E_002_E2E_006_published(self):
        cli, peer = self.profile(), self.peer()
        device = self.query(peer, cli.user)[cli.device]
        self.assertEqual(device["user_id"], cli.user)
        self.assertEqual(set(device["algorithms"]), {"m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"})
        self.assertEqual(set(device["keys"]), {f"curve25519:{cli.device}", f"ed25519:{cli.device}"})
        self.assertIn(f"ed25519:{cli.device}", device["signatures"][cli.user])
        (_, key), = self.claim(peer, cli)
        self.assertIn(f"ed25519:{cli.device}", key["signatures"][cli.user])
        self.assertNotIn("fallback", key)

    def test_E2E_007_E2E_011_claimed_and_renewed(self):
        for sync in ("classic", "sliding"):
            with self.subTest(sync=sync):
                self.proxy.forget()
                cli, peer = self.profile(sync=sync), self.peer()
                self.claim(peer, cli, 10)
                cli.run("sync", "--once")
                cli.run("sync", "--once")
                first, second = self.uploads()
                self.assertEqual(len(first["one_time_keys"]), 50)
                self.assertEqual(len(second["one_time_keys"]), 10)
                self.assertNotIn("device_keys", second)

                keys = self.claim(peer, cli, 52)
                self.assertEqual(keys[50], keys[51], "the fallback key, twice")
                self.assertTrue(keys[50][1]["fallback"])
                cli.run("sync", "--once")
                cli.run("sync", "--once")
                self.assertEqual(len(self.uploads()[-1]["fallback_keys"]), 1)
                self.assertNotIn(keys[50][0], self.uploads()[-1]["fallback_keys"])

    def test_E2E_008_answer_lost(self):
        cli, peer = self.cli(), self.peer()
        self.proxy.on("POST", "/keys/upload", times=1).cut_after()
        cli.run("sync", "--once")
        cli.run("sync", "--once")
        first, second = self.uploads()[:2]
        self.assertEqual(first, second)
        cli.device = cli.one("whoami")["device_id"]
        self.assertEqual(len(self.claim(peer, cli, 51)), 51)

    def test_E2E_014_upload_is_retried(self):
        cli, peer = self.cli(), self.peer()
        self.proxy.on("POST", "/keys/upload", times=2).answer(504, {"errcode": "M_UNKNOWN", "error": "x"})
        running = cli.listen()
        self.proxy.wait("POST", "/keys/upload", count=3)
        running.stop()
        cli.device = cli.one("whoami")["device_id"]
        self.assertEqual(len(self.claim(peer, cli)), 1)

    def test_E2E_009_restored_copy(self):
        cli, peer = self.profile(), self.peer()
        data = os.path.join(cli.scratch, "data")
        self.claim(peer, cli, 20)
        shutil.copytree(data, data + ".old")
        cli.run("sync", "--once")
        cli.run("sync", "--once")
        shutil.rmtree(data)
        os.rename(data + ".old", data)
        self.claim(peer, cli, 15)
        before = cli.one("encryption", "status", "--offline")["ed25519"]
        self.proxy.forget()
        for _ in range(4):
            cli.run("sync", "--once")
        self.assertEqual([r.status for r in self.proxy.find("POST", "/keys/upload")], [400, 200])
        told = cli.one("encryption", "status", "--offline")
        self.assertEqual((told["ed25519"], told["keys_on_server"]), (before, 50))
        self.assertGreater(told["went_back_at"], 0)

    def test_E2E_009_two_programs_with_one_device(self):
        """What is mended once comes back at once: no loop."""
        cli, peer = self.profile(), self.peer()
        for _ in range(2):
            self.claim(peer, cli, 10)
            self.proxy.on("POST", "/keys/upload", times=1).answer(
                400, {"errcode": "M_UNKNOWN", "error": "One time key signed_curve25519:AAAAAQ already exists."})
            self.proxy.forget()
            cli.run("sync", "--once")
        self.assertEqual([r.status for r in self.proxy.find("POST", "/keys/upload")], [400])
        self.claim(peer, cli, 10)
        self.proxy.forget()
        cli.run("sync", "--once")
        self.assertEqual(self.proxy.count("POST", "/keys/upload"), 0, "a loop of uploads")

    def test_E2E_004_other_keys_at_the_server(self):
        cli, peer = self.profile(), self.peer()

        def swap(answer):
            device = answer["device_keys"].get(cli.user, {}).get(cli.device)
            if device:
                device["keys"][f"ed25519:{cli.device}"] = "A" * 43
            return answer

        self.proxy.on("POST", "/keys/query").rewrite(swap)
        other = self.server.login(cli.login_name, PASSWORD)
        other.post("keys/upload", {"device_keys": {
            "user_id": other.user, "device_id": other.device, "algorithms": [], "keys": {}, "signatures": {}}})
        cli.run("sync", "--once")
        cli.run("sync", "--once")
        self.assertGreater(self.proxy.count("POST", "/keys/query"), 0)
        self.proxy.forget()
        self.claim(peer, cli, 20)
        cli.run("sync", "--once")
        cli.run("sync", "--once")
        self.assertEqual(self.proxy.count("POST", "/keys/upload"), 0, "a device that is not ours goes on")
        self.assertGreater(cli.one("encryption", "status", "--offline")["contested_at"], 0)

    def inbox(self, token):
        """To-device events that the server still holds for the device with this token."""
        client = self.server.client()
        client.token = token
        return client.get("sync", timeout=0).get("to_device", {}).get("events", [])

    def test_E2E_044_to_device_acknowledged(self):
        """130 come in two answers; all are acknowledged in order, by either kind of sync."""
        for sync in ("classic", "sliding"):
            with self.subTest(sync=sync):
                cli, peer = self.profile(sync=sync), self.peer()
                for number in range(130):
                    peer.put(f"sendToDevice/m.dummy/{number}", {"messages": {cli.user: {cli.device: {"n": number}}}})
                self.proxy.forget()
                running = cli.listen()
                self.proxy.wait(path="/sync", count=3, answered=False)
                token = self.proxy.find(path="/sync")[-1].token
                deadline = time.monotonic() + TIMEOUT  # the server may not have read the third yet
                while self.inbox(token):
                    self.assertLess(time.monotonic(), deadline, "not acknowledged")
                running.stop()

    def test_E2E_163_no_core_dumps(self):
        cli = self.profile()
        running = cli.listen()
        with open(f"/proc/{running.process.pid}/limits", encoding="ascii") as file:
            line, = (line for line in file if line.startswith("Max core file size"))
        self.assertEqual(line.split()[4:6], ["0", "0"])
        running.stop()

    def test_E2E_017_followed(self):
        cli, bob = self.profile(), self.peer()
        self.shared_room(cli, bob, encrypted=True)
        cli.run("sync", "--once")
        self.assertTrue(any(bob.user in body["device_keys"] for body in
                            (request.body for request in self.proxy.find("POST", "/keys/query"))))


if __name__ == "__main__":
    suite.main()
