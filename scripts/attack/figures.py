"""What a soak is asked for, and what it came to."""

from dataclasses import dataclass

from scripts.attack.judge import Verdict

# What is printed of broken promises; whoever looks for the mistake begins with these.
BROKEN_MAX = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How much to do. `seed` decides about all dice, though not about what threads make of them."""

    kills: int
    payments: int
    database: str
    seed: int

    @property
    def deadline_s(self) -> float:
        """After so many seconds it has failed: three times what it takes."""
        return 60 + 4.5 * self.kills + 0.1 * self.payments


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What a soak came to."""

    plan: Plan
    quickbooks: str
    verdict: Verdict
    kills: int
    kills_of_one: int
    deaths: int
    naps: int
    accepted: int
    repeated: int
    retried: int
    took_s: float
    broken: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Say whether all promises were kept."""
        return not self.broken

    def as_text(self) -> str:
        """Give the figures as a person reads them."""
        plan, verdict = self.plan, self.verdict
        rows = {
            "kills": (self.kills, f"{self.kills_of_one} of one worker, the others of the server"),
            "while payments were out": (verdict.kills_while_out, ""),
            "sessions": (verdict.sessions, ""),
            "takeovers": (verdict.takeovers, ""),
            "PCs that died": (self.deaths, ""),
            "PCs that slept": (self.naps, "with payments, longer than a sync may be silent"),
            "payments handed in": (self.accepted, f"{self.repeated} times a batch again"),
            "in doubt at some time": (verdict.doubted, ""),
            "resent": (verdict.resent, ""),
            "retried by a person": (self.retried, "whose answer was lost three times"),
            "posted": (verdict.posted, ""),
            "payments in QuickBooks": (verdict.receipts, ""),
            "executed by QuickBooks": (verdict.adds, ""),
            "seconds": (round(self.took_s), ""),
        }
        return "\n".join(
            (
                f"soak on {plan.database}, seed {plan.seed}; {self.quickbooks}",
                *(
                    f"  {name:<24}{number:>7}      {more}".rstrip()
                    for name, (number, more) in rows.items()
                ),
                *(f"BROKEN  {sentence}" for sentence in self.broken[:BROKEN_MAX]),
                "all promises kept"
                if self.holds
                else f"A PROMISE IS BROKEN: {len(self.broken)} times",
            )
        )
