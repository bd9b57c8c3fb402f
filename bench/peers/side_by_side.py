"""What the comparisons share: BLAS threads pinned, warm-up excluded, medians of at least five, wall and CPU time."""

import os

THREADS = int(os.environ.get("BAKEOFF_BENCH_THREADS", os.cpu_count() or 1))
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # peers use processes; ours uses THREADS threads

import platform  # noqa: E402
import resource  # noqa: E402
import statistics  # noqa: E402
import time  # noqa: E402


def cpu_seconds():
    """Of this process and its finished children."""
    return sum(u.ru_utime + u.ru_stime for u in (resource.getrusage(resource.RUSAGE_SELF),
                                                 resource.getrusage(resource.RUSAGE_CHILDREN)))


def measure(call, repeats=5, warm_up=1):
    """(median wall seconds, median CPU seconds, last result)."""
    for _ in range(warm_up):
        call()
    walls, cpus = [], []
    for _ in range(repeats):
        cpu, wall = cpu_seconds(), time.perf_counter()
        result = call()
        walls.append(time.perf_counter() - wall)
        cpus.append(cpu_seconds() - cpu)
    return statistics.median(walls), statistics.median(cpus), result


def machine():
    """One line for the head of a result."""
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    flags = next((line for line in open("/proc/cpuinfo") if line.startswith("flags")), "")
    level = "AVX-512" if "avx512bw" in flags else "AVX2" if "avx2" in flags else "SSE"
    if os.environ.get("BAKEOFF_ISA"):
        level += f" (ours held to x86-64-{os.environ['BAKEOFF_ISA']})"
    return f"{model}, {os.cpu_count()} cores, {level}, Python {platform.python_version()}"


def show(what, ours, peer, gap, scale=1.0):
    """One line: ratio of wall times, both times with their CPU time, and the quality gap."""
    print(f"{what}: {peer[0] * scale / ours[0]:.0f}x  ours {ours[0]:.4f} s (CPU {ours[1]:.4f})  "
          f"peer {peer[0] * scale:.4f} s (CPU {peer[1] * scale:.4f})  gap {gap:.2e}", flush=True)
