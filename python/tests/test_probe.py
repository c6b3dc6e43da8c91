"""The checks of probe.py can fail: on the bare host, without a sandbox, a filter or a uid of its own, each reaches the victim."""

import os
import socket
import tempfile
import unittest

from launcher import confine, probe

# The others look at what a host need not have.
ALL = (
    "environ", "cmdline", "memory", "process_vm_readv", "descriptors", "root_folder", "file", "shared_memory", "loopback",
    "abstract_socket", "signals", "process_list", "shadow", "write_system",
)  # fmt: skip


@unittest.skipUnless(confine.LINUX and os.geteuid() == 0, "needs Linux and root")
class Control(unittest.TestCase):
    def test_without_any_confinement_every_check_reaches_the_victim(self) -> None:
        with tempfile.TemporaryDirectory() as home, socket.create_server(os.path.join(home, "socket"), family=socket.AF_UNIX):
            it = probe.victim({"home": home})
            pid = it["keep"][0].pid
            order = {**it, "pid": pid, "host_file": it["paths"]["file"], "socket": os.path.join(home, "socket")}
            leaks = probe._leaks(order)
            probe.release(it)
        self.assertEqual([name for name in ALL if name not in leaks], [])
        self.assertIn("runner_socket", leaks)
        self.assertFalse(os.path.exists(f"/proc/{pid}"))
        self.assertFalse(os.path.exists(it["paths"]["shm"]))
