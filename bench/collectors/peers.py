"""The exporters that the agent's collection is measured beside, and how each is started."""
import contextlib
from dataclasses import dataclass, field
from typing import Callable


@contextlib.contextmanager
def this_host(directory):
    yield None


@dataclass(frozen=True)
class Peer:
    kind: str
    exporter: str
    budget: float          # of the exporter's CPU a scrape
    server: Callable       # directory → context manager of the server: what the next three are given
    command: Callable      # (binary, port, server, directory) → (argv, environment or None)
    collect: Callable      # (server, directory) → the lines under `collect`; "": the agent's defaults
    module: str = ""       # the agent's module of this kind
    path: Callable = field(default=lambda server: "/metrics")  # what of the exporter is scraped


PEERS = [
    Peer("host", "prometheus-node-exporter", 0.15, this_host,
         lambda binary, port, server, directory: ([binary, f"--web.listen-address=127.0.0.1:{port}"], None),
         lambda server, directory: ""),
]
