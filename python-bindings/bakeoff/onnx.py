"""Runs an ONNX model over a table with ONNX Runtime: the judge of an export, and the way to a champion from elsewhere.

    python -m bakeoff.onnx MODEL.onnx TABLE.arrow SCORES.arrow [--threads N] [--outputs N] [--column NAME]...

The engine starts this as a process of its own. TABLE and SCORES are Arrow IPC files; SCORES has one float32 column,
`score`, one value a row of TABLE or, row by row, `--outputs` values, and the judge's name and version in its
metadata. Columns are fed by the names of the model's inputs; a model with one input of several columns gets those of
`--column`, in that order. Exit codes: 0, or 3 if model and table don't fit, with one line on stderr that says why.
Needs onnxruntime, pyarrow and numpy, nothing of Bakeoff's own.
"""

import argparse
import sys

import numpy as np
import onnxruntime
import pyarrow as pa
import pyarrow.compute as pc

MISSING_TIME = np.iinfo(np.int64).min
FLOATS = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(float16)": np.float16}
INTEGERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


class Refused(Exception):
    """Model and table don't fit: says what was expected, what came, what to do."""


def first(mask):
    """The first row where the Arrow mask is true."""
    return pc.index(mask, pa.scalar(True)).as_py()


def as_floats(name, column, dtype):
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        raise Refused(f"input '{name}': the model expects numbers, the column holds {column.type}; convert the data, "
                      "or export the model with a text input")
    return pc.fill_null(column.cast(pa.float64()), float("nan")).to_numpy(zero_copy_only=False).astype(dtype)


def as_integers(name, column, dtype, row):
    if pa.types.is_timestamp(column.type):
        return pc.fill_null(column.cast(pa.int64()), MISSING_TIME).to_numpy(zero_copy_only=False).astype(dtype)
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        raise Refused(f"input '{name}': the model expects integers, the column holds {column.type}; convert the data, "
                      "or export the model with a text input")
    if column.null_count:
        missing = row + first(column.is_null())
        raise Refused(f"input '{name}': the model expects integers, row {missing} is missing; fill it in the data, or "
                      "export the model with a float input")
    try:
        exact = column.cast(pa.int64())
        return exact.cast(pa.from_numpy_dtype(dtype)).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid as error:
        raise Refused(f"input '{name}': the model expects {np.dtype(dtype).name}, the column doesn't fit: {error}; "
                      "export the model with a float input") from None


def as_texts(name, column):
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_floating(column.type):
        try:
            column = column.cast(pa.int64())
        except pa.ArrowInvalid:
            raise Refused(f"input '{name}': the model expects text, the column holds numbers with fractions; convert "
                          "the data, or export the model with a float input") from None
    if pa.types.is_timestamp(column.type):
        raise Refused(f"input '{name}': the model expects text, the column holds times; export the model with an int64 "
                      "input (UTC microseconds)")
    return pc.fill_null(column.cast(pa.string()), "").to_numpy(zero_copy_only=False).astype(object)


def convert(name, column, kind, row):
    if kind in FLOATS:
        return as_floats(name, column, FLOATS[kind])
    if kind in INTEGERS:
        return as_integers(name, column, INTEGERS[kind], row)
    if kind == "tensor(string)":
        return as_texts(name, column)
    if kind == "tensor(bool)":
        return as_integers(name, column, np.int64, row) != 0
    raise Refused(f"input '{name}': expected a type that a table has (float, double, int32, int64, string, bool), the "
                  f"model wants {kind}")


def take(batch, name):
    if name not in batch.schema.names:
        raise Refused(f"the model reads '{name}', the data has no such column; its columns: "
                      + ", ".join(batch.schema.names))
    return batch.column(name)


def feed_of(batch, inputs, columns, row):
    """What the session is fed for one record batch, which begins at `row`: an array for each input."""
    feed = {}
    for entry in inputs:
        shape = entry.shape
        if shape and isinstance(shape[0], int) and shape[0] >= 0:
            raise Refused(f"input '{entry.name}': expected a batch axis of any length, the model's is {shape[0]}; "
                          "export it with a dynamic batch axis")
        if len(shape) > 2 or not shape:
            raise Refused(f"input '{entry.name}': expected the shape [batch] or [batch, columns], got {shape}")
        width = shape[1] if len(shape) == 2 else 1
        if width == 1 and (len(inputs) > 1 or not columns or entry.name in batch.schema.names):
            values = convert(entry.name, take(batch, entry.name), entry.type, row)
            feed[entry.name] = values.reshape(-1, 1) if len(shape) == 2 else values
            continue
        if len(inputs) > 1 or not columns or (isinstance(width, int) and width != len(columns)):
            raise Refused(f"input '{entry.name}' takes {width} columns at once, and {len(columns)} were named; give "
                          "their names in the model's order, or export the model with one input a column")
        feed[entry.name] = np.column_stack([convert(name, take(batch, name), entry.type, row) for name in columns])
    return feed


def score_output(outputs):
    """The output that is the score: `score`, else the one that holds probabilities or is the only one with numbers."""
    numbers = [o for o in outputs if o.type in FLOATS or o.type.startswith("seq(map(")]
    named = [o for o in numbers if o.name == "score"] or [o for o in numbers if "prob" in o.name.lower()] or numbers
    if len(named) != 1:
        raise Refused("expected one output with scores or probabilities, called 'score' or 'probabilities'; the "
                      "model's outputs: " + ", ".join(f"{o.name} {o.type}" for o in outputs))
    return named[0]


def scores_of(values, name, outputs=1):
    """[rows] from [rows], [rows, 1], [rows, 2] (second class) or a list of {class: probability} (larger class).

    With several outputs all that a [rows, outputs] tensor holds, row by row.
    """
    if outputs > 1:
        shape = "a list" if isinstance(values, list) else f"the shape {list(values.shape)}"
        if shape == "a list" or values.ndim != 2 or values.shape[1] != outputs:
            raise Refused(f"output '{name}': expected {outputs} scores a row, got {shape}")
        return values.reshape(-1).astype(np.float32)
    if isinstance(values, list):
        if values and len(values[0]) != 2:
            raise Refused(f"output '{name}': expected the probabilities of two classes, got {len(values[0])}")
        positive = max(values[0]) if values else None
        return np.array([row[positive] for row in values], dtype=np.float32)
    if values.ndim == 2 and values.shape[1] == 2:
        return values[:, 1].astype(np.float32)
    if values.ndim == 1 or (values.ndim == 2 and values.shape[1] == 1):
        return values.reshape(-1).astype(np.float32)
    raise Refused(f"output '{name}': expected one score a row or the probabilities of two classes, got the shape "
                  f"{list(values.shape)}")


def open_session(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime has no base class of its own for what it raises
        raise Refused(f"ONNX Runtime {onnxruntime.__version__} can't load {path}: {error}") from None


def run(model, table, scores, threads=0, columns=(), outputs=1):
    session = open_session(model, threads)
    inputs, output = session.get_inputs(), score_output(session.get_outputs())
    schema = pa.schema([("score", pa.float32())], metadata={"judge": f"onnxruntime {onnxruntime.__version__}"})
    with pa.memory_map(table) as source, pa.ipc.open_file(source) as reader, pa.ipc.new_file(scores, schema) as writer:
        row = 0
        for i in range(reader.num_record_batches):
            batch = reader.get_batch(i)
            feed = feed_of(batch, inputs, columns, row)
            row += batch.num_rows
            try:
                values = session.run([output.name], feed)[0]
            except Exception as error:
                raise Refused(f"ONNX Runtime {onnxruntime.__version__} can't run {model}: {error}") from None
            found = scores_of(values, output.name, outputs)
            if len(found) != batch.num_rows * outputs:
                raise Refused(f"output '{output.name}': expected {batch.num_rows * outputs} scores, got {len(found)}")
            writer.write_batch(pa.record_batch([pa.array(found, pa.float32())], schema=schema))


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m bakeoff.onnx", description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("table")
    parser.add_argument("scores")
    parser.add_argument("--threads", type=int, default=0, help="0: all")
    parser.add_argument("--outputs", type=int, default=1, help="scores of a row")
    parser.add_argument("--column", action="append", default=[], help="of the one input that takes them all; repeat")
    options = parser.parse_args(arguments)
    try:
        run(options.model, options.table, options.scores, options.threads, options.column, options.outputs)
    except Refused as reason:
        print(" ".join(str(reason).split()), file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
