"""What one of the server's processes has used so far. Read from /proc: Linux only."""

import os
from pathlib import Path


def cpu_s(pid: int) -> float:
    """Read a process's CPU time, its own and the kernel's for it."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def peak_kib(pid: int) -> int:
    """Read the most memory a process has had."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def mib(kib: int) -> str:
    """Write an amount of memory as the figures show it."""
    return f"{kib / 1024:>8.1f} MiB"
