# SPDX-License-Identifier: Apache-2.0
"""Kernels in every format that the binding names: each of them boots."""
import gzip
import subprocess

import pytest

from conftest import BUILD
from systems import partition, system

IMAGE = BUILD / "guests/rt0.bin"


def uimage(path, compression, contents):
    source = path.with_suffix(".in")
    source.write_bytes(contents)
    subprocess.run(["mkimage", "-A", "arm64", "-O", "linux", "-T", "kernel", "-C", compression,
                    "-a", "0x40400000", "-e", "0x40400000", "-n", "rt0", "-d", source, path],
                   check=True, stdout=subprocess.DEVNULL)


def make_image(path):
    path.write_bytes(IMAGE.read_bytes())


def make_gzip(path):
    path.write_bytes(gzip.compress(IMAGE.read_bytes()))


def make_uimage(path):
    uimage(path, "none", IMAGE.read_bytes())


def make_uimage_gzip(path):
    uimage(path, "gzip", gzip.compress(IMAGE.read_bytes()))


def without_header():
    """The same binary, not to be known for an Image; it begins with a branch all the same."""
    data = bytearray(IMAGE.read_bytes())
    data[56:60] = b"none"
    # BSS, which only the Image's header speaks of.
    size = int.from_bytes(data[16:24], "little")
    return bytes(data) + bytes(size - len(data))


def make_uimage_raw(path):
    uimage(path, "none", without_header())


def make_raw(path):
    path.write_bytes(without_header())


def make_elf(path):
    subprocess.run(["aarch64-linux-gnu-objcopy", "--change-addresses=0x40200000",
                    BUILD / "guests/rt0.elf", path], check=True)


@pytest.mark.parametrize("make, more", [
    (make_image, ""),
    (make_gzip, ""),
    (make_uimage, ""),
    (make_uimage_gzip, ""),
    (make_uimage_raw, ""),
    (make_raw, "bulkhead,entry = <0x40000000>;"),
    (make_elf, ""),
], ids=lambda value: getattr(value, "__name__", ""))
def test_kernel_boots(boot, tmp_path, make, more):
    path = tmp_path / "kernel"
    make(path)
    module = (f'kernel {{ compatible = "multiboot,kernel"; bulkhead,file = "{path}"; {more} '
              'bootargs = "interval-ms=250"; };')
    board = boot(system(partition("rt0", module)))
    board.expect(r"rt0\| \d+ ticks")
