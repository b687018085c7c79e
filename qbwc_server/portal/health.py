"""What watches the server: alive, ready, and figures for Prometheus."""

from collections.abc import Callable, Iterator

import structlog
from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from qbwc_server.services.overview import Overview
from sync_core.lifecycle import PaymentStatus
from sync_core.wording import faults
from sync_core.wording.phrases import fill

log = structlog.get_logger()

_UNSETTLED = (
    PaymentStatus.QUEUED,
    PaymentStatus.SENT,
    PaymentStatus.IN_DOUBT,
    PaymentStatus.REJECTED,
)


def create_blueprint(overview: Overview, is_current: Callable[[], bool]) -> Blueprint:
    """Make the pages for monitors. `is_current` says whether the schema is this release's."""
    health = Blueprint("health", __name__)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(overview))

    @health.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="alive")

    @health.get("/readyz")
    def readyz() -> tuple[Response, int]:
        try:
            ready = is_current()
            why = "" if ready else faults.OTHER_RELEASE
        except Exception as error:  # noqa: BLE001 - whatever keeps us from the database
            log.warning("not_ready", error=type(error).__name__)
            ready, why = False, fill(faults.DATABASE_AWAY, {})
        return jsonify(status="ready" if ready else "not ready", why=why), 200 if ready else 503

    @health.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return health


class _Figures(Collector):
    """Reads the figures when they are asked for: every process would count only its own."""

    def __init__(self, overview: Overview) -> None:
        self._overview = overview

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give the figures of the whole server."""
        figures = self._overview.figures()
        payments = GaugeMetricFamily(
            "qbwc_unsettled_payments", "Payments that are not settled yet.", labels=["status"]
        )
        ages = GaugeMetricFamily(
            "qbwc_oldest_unsettled_seconds",
            "Age of the oldest payment that is not settled yet.",
            labels=["status"],
        )
        for status in _UNSETTLED:
            payments.add_metric([status.value], figures.unsettled.get(status, 0))
            ages.add_metric([status.value], figures.oldest_s.get(status, 0.0))
        yield payments
        yield ages
        yield GaugeMetricFamily(
            "qbwc_open_sessions", "Syncs that are under way.", value=figures.open_sessions
        )
