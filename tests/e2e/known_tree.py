"""A small tree of files of which everything is known: what a worker must count for one pass."""

import hashlib
import pathlib
import random
import tempfile
import zlib

# The worker inspects this much of a file.
INSPECTED_BYTES = 512


class KnownTree(tempfile.TemporaryDirectory):
    """The tree, in a temporary folder; its manifest has one wrong sum and leaves one file out."""

    FILES = {
        "hello.txt": b"hello\n",
        "empty": b"",
        "changed.conf": b"since the manifest was made\n",
        "sub/noise.bin": random.Random(1).randbytes(200_000),
        "sub/zeros.bin": bytes(300_000),
    }
    LISTED = ("hello.txt", "changed.conf", "sub/noise.bin", "sub/zeros.bin")

    def __init__(self):
        super().__init__(prefix="vitals-tree-")
        self.path = pathlib.Path(self.name)
        contents = dict(self.FILES)
        contents["SHA256SUMS"] = "".join(
            f"{hashlib.sha256(b'' if name == 'changed.conf' else self.FILES[name]).hexdigest()}  {name}\n"
            for name in self.LISTED).encode()
        left_out = {".hidden": b"x", ".git/config": b"x", "build/object.o": b"x"}
        for name, content in {**contents, **left_out}.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        (self.path / "link").symlink_to("hello.txt")
        self.contents = contents.values()

    def __enter__(self):
        return self

    @property
    def file_count(self):
        return len(self.contents)

    @property
    def job_count(self):
        return 3 * self.file_count

    def jobs(self):
        """guestkit_worker_jobs_total after one pass, by operation and status."""
        count = self.file_count
        expected = {(f"guestkit.{operation}", status): 0
                    for operation in ("inspect", "checksum", "compress")
                    for status in ("completed", "failed", "timeout")}
        expected["guestkit.inspect", "completed"] = count
        expected["guestkit.checksum", "completed"] = count - 1
        expected["guestkit.checksum", "failed"] = 1
        expected["guestkit.compress", "completed"] = count
        return expected

    def verifications(self):
        """guestkit_checksum_verifications_total after one pass, by status."""
        return {"success": 3, "failure": 1, "skipped": self.file_count - 4}

    def read_bytes(self):
        return sum(2 * len(content) + min(len(content), INSPECTED_BYTES) for content in self.contents)

    def written_bytes(self):
        return sum(len(_gzip(content)) for content in self.contents)


def _gzip(content):
    encoder = zlib.compressobj(wbits=31)
    return encoder.compress(content) + encoder.flush()
