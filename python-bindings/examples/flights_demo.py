"""A year in the life of a champion: trained on January to March, served from April, monitored every month.

    python flights_demo.py --out build/demo

When the monitored AUC falls, a bake-off of at least 256 candidates is held; the gate promotes the winner or keeps the
champion. An orchestrator (Airflow, cron) would make the same four calls: predict, monitor, run, promote.
Writes timeline.json and timeline.png into --out; the runs lie in its folder runs/.
"""

import argparse
import datetime
import json
import pathlib
import shutil
import time
import zoneinfo

import bakeoff
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import flights_data

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPEC = ROOT / "configs" / "flights.yaml"
ZONE = zoneinfo.ZoneInfo("America/New_York")
NAME = "flights-late"
RESAMPLES = 1000


def month_start(month):
    return datetime.datetime(2013 + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=ZONE)


class Replay:
    """The flights of 2013, the model that served each of them, and what was decided."""

    def __init__(self, out, data):
        self.out, self.data = out, data
        self.table = pq.read_table(data)
        self.times = self.table["time_hour"].cast(pa.int64()).to_numpy()
        self.labels = self.table["late"].to_numpy().astype(np.float64)
        self.days = local_days(self.table["time_hour"])
        self.log = out / "log.parquet"
        self.served = np.full(len(self.labels), np.nan)
        self.version = np.zeros(len(self.labels), dtype=np.int32)
        self.bake_offs, self.monitored = [], []

    def overrides(self, **more):
        return {"data.source": str(self.data), "monitor.predictions": str(self.log),
                "registry.store": str(self.out / "bakeoff.db"), **more}

    def rows(self, begin, end):
        low, high = (np.searchsorted(self.times, int(t.timestamp() * 1e6)) for t in (begin, end))
        return slice(int(low), int(high))

    def first_champion(self):
        """Trained on January to March, chosen by cross-validation over days, put in place by a person."""
        quarter = self.out / "first_quarter.parquet"
        pq.write_table(self.table.slice(0, self.rows(month_start(1), month_start(4)).stop), quarter)
        run = bakeoff.run(SPEC, self.out / "runs", "first", self.overrides(**{
            "data.source": str(quarter), "split": "{folds: 5, by: group}",
            "candidates.windows": "[all]"}))
        registry = bakeoff.Registry(str(self.out / "bakeoff.db"))
        registry.promote(NAME, registry.list(NAME)[-1].version, None, reason="the first champion, put in place by hand")
        self.static = bakeoff.load(run.path / "model").predict(self.table)
        self.serve(run.path / "model", month_start(4))
        return run

    def serve(self, model, since):
        """The model's scores from then on: what the prediction service would log."""
        rows = self.rows(since, month_start(13))
        self.served[rows] = bakeoff.load(model).predict(self.table.slice(rows.start, rows.stop - rows.start))
        self.version[rows] = self.version[rows.start - 1] + 1
        first = self.rows(month_start(4), month_start(13))
        pq.write_table(self.table.select(["time_hour", "late"]).slice(first.start)
                       .append_column("score", pa.array(self.served[first])), self.log)

    def bake_off(self, at):
        run_id = f"{at:%Y-%m-%d}"
        seconds = time.perf_counter()
        run = bakeoff.run(SPEC, self.out / "runs", run_id, self.overrides(**{"split.at": f"{at:%Y-%m-%d}"}))
        decision = run.decision
        decided = datetime.datetime.fromisoformat(decision["decided_at"].replace("Z", "+00:00")).astimezone(ZONE)
        if decision["verdict"] == "promote":
            self.serve(run.path / "model", decided)
        self.bake_offs.append({"run": run_id, "decided": decided.isoformat(), "seconds": time.perf_counter() - seconds,
                               **{key: decision[key] for key in ("verdict", "difference", "challenger", "select")}})
        return decision, decided

    def replay(self):
        """On the first of each month: monitor what was served; hold a bake-off if it fell."""
        free_from = month_start(4)
        for month in range(5, 13):
            at = month_start(month)
            trigger = bakeoff.monitor(SPEC, f"{at:%Y-%m-%d}", self.overrides())
            self.monitored.append({"at": f"{at:%Y-%m-%d}", **trigger})
            print(f"{at:%d %b}  monitor: {trigger['reason']}")
            if trigger["triggered"] and at >= free_from:
                decision, free_from = self.bake_off(at)
                d = decision["difference"]
                evening = free_from - datetime.timedelta(seconds=1)  # midnight belongs to the day that ends
                print(f"        bake-off of {decision['select']['candidates']} candidates, trained to {at:%d %b}, "
                      f"decided at the end of {evening:%d %b}: {decision['verdict'].upper()} {decision['challenger']}")
                print(f"        holdout AUC difference {d['value']:+.4f} [{d['low']:+.4f}, {d['high']:+.4f}]")

    def months(self):
        """Static against managed champion, month by month, with day-bootstrap intervals."""
        out = []
        for month in range(4, 13):
            rows = self.rows(month_start(month), month_start(month + 1))
            report = bakeoff.evaluate(self.labels[rows], {"static": self.static[rows].astype(np.float64),
                                                          "managed": self.served[rows]},
                                      metrics=["roc_auc"], units=self.days[rows], resamples=RESAMPLES, seed=1,
                                      keep_replicates=True)
            out.append((f"{month_start(month):%b}", report))
        return out


def local_days(times):
    """The New York calendar day of each flight, as the unit of resampling."""
    local = pc.local_timestamp(times.cast(pa.timestamp("us", tz=str(ZONE))))
    return pc.floor_temporal(local, unit="day").cast(pa.int64()).to_numpy()


def summarise(months, first):
    """Mean over the months from `first` on: value and percentile interval of static, managed and their difference."""
    chosen = [report for name, report in months[first:]]
    values = np.mean([r.value[:, 0, 0] for r in chosen], axis=0)
    replicates = np.mean([r.replicates[:, :, 0, 0] for r in chosen], axis=0)
    difference = replicates[:, 1] - replicates[:, 0]
    ends = np.percentile(difference, [2.5, 97.5])
    return {"static": values[0], "managed": values[1], "difference": values[1] - values[0],
            "low": ends[0], "high": ends[1]}


def print_months(months, bake_offs):
    print("\nmonth  static champion          managed champion         difference")
    for name, report in months:
        change = report.compare("static")
        cells = [f"{report.value[m, 0, 0]:.3f} [{report.low[m, 0, 0]:.3f}, {report.high[m, 0, 0]:.3f}]" for m in (0, 1)]
        d, low, high = (change[key][1, 0, 0] for key in ("difference", "low", "high"))
        print(f"{name}    {cells[0]}     {cells[1]}     {d:+.3f} [{low:+.3f}, {high:+.3f}]")


def draw(months, bake_offs, path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(10, 5))
    x = np.arange(len(months))
    for m, (label, colour) in enumerate((("static champion", "tab:gray"), ("managed champion", "tab:blue"))):
        value, low, high = ([getattr(r, part)[m, 0, 0] for _, r in months] for part in ("value", "low", "high"))
        shift = x + (0.06 if m else -0.06)
        axes.errorbar(shift, value, [np.subtract(value, low), np.subtract(high, value)], label=label, color=colour,
                      marker="o", capsize=3)
    colours = {"promote": "tab:green", "keep": "tab:red", "inconclusive": "tab:orange"}
    for held in bake_offs:
        decided = datetime.datetime.fromisoformat(held["decided"])
        at = decided.month - 4 + (decided.day - 1) / 30 - 0.5
        axes.axvline(at, color=colours.get(held["verdict"], "black"), linestyle="--")
        axes.text(at, axes.get_ylim()[1], f" {held['verdict']}", rotation=90, va="top", fontsize=8)
    axes.set_xticks(x, [name for name, _ in months])
    axes.set_ylabel("ROC AUC, 95 % day bootstrap")
    axes.set_title("Late flights from New York, 2013: a champion declines and is replaced")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/demo"))
    out = parser.parse_args().out.resolve()
    started = time.perf_counter()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    flights_data.main(["--out", str(out.parent / "data")])
    replay = Replay(out, out.parent / "data" / "flights.parquet")
    first = replay.first_champion()
    print(f"first champion: {first.decision['challenger']}, out-of-fold AUC {first.decision['reference']:.4f}\n")
    replay.replay()
    months = replay.months()
    print_months(months, replay.bake_offs)
    promoted = [held for held in replay.bake_offs if held["verdict"] == "promote"]
    after = datetime.datetime.fromisoformat(promoted[-1]["decided"]).month - 3 if promoted else 0
    mean = summarise(months, after)
    print(f"\nmean AUC of the months after the last promotion ({months[after][0]} to Dec): "
          f"static {mean['static']:.4f}, managed {mean['managed']:.4f}, "
          f"difference {mean['difference']:+.4f} [{mean['low']:+.4f}, {mean['high']:+.4f}]")
    (out / "timeline.json").write_text(json.dumps(
        {"first": first.decision["challenger"], "monitored": replay.monitored, "bake_offs": replay.bake_offs,
         "mean_after": mean, "months": [{"month": name, "static": float(r.value[0, 0, 0]),
                                         "managed": float(r.value[1, 0, 0])} for name, r in months]}, indent=2))
    draw(months, replay.bake_offs, out / "timeline.png")
    print(f"\nreport: {out / 'timeline.png'}, {out / 'timeline.json'}; runs in {out / 'runs'}")
    print(f"{time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
