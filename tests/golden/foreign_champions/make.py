"""Makes the ONNX files of this folder: champions as scikit-learn's users export them. Needs scikit-learn and skl2onnx.

One logistic regression on three columns, written as one float input of three columns with a map of probabilities
(skl2onnx's default), the same with a tensor of probabilities, and a pipeline with one input a column (float, text,
int64); and the scores that scikit-learn itself gives, in expected.json.
"""
import json
import pathlib

import numpy as np
import pandas as pd
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

HERE = pathlib.Path(__file__).parent
rng = np.random.default_rng(3)
rows = pd.DataFrame({"a": rng.normal(size=40), "b": rng.choice(["x", "y"], 40), "n": rng.integers(0, 9, 40)})
label = (rows.a + (rows.b == "x") + rows.n / 5 + rng.normal(size=40) > 1.5).astype(int)
numbers = np.column_stack([rows.a, rows.n, rows.a**2]).astype(np.float32)
plain = LogisticRegression().fit(numbers, label)
pipeline = make_pipeline(ColumnTransformer([("a", "passthrough", ["a", "n"]), ("b", OneHotEncoder(), ["b"])]),
                         LogisticRegression()).fit(rows, label)

stacked = [("float_input", FloatTensorType([None, 3]))]
columns = [("a", FloatTensorType([None, 1])), ("b", StringTensorType([None, 1])), ("n", Int64TensorType([None, 1]))]
versions, tensor = {"": 17, "ai.onnx.ml": 3}, {"zipmap": False}
files = {"map": to_onnx(plain, initial_types=stacked, target_opset=versions),
         "tensor": to_onnx(plain, initial_types=stacked, options=tensor, target_opset=versions),
         "columns": to_onnx(pipeline, initial_types=columns, options=tensor, target_opset=versions)}
for name, model in files.items():
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())
asked = pd.DataFrame({"a": [-1.0, 0.25, 2.0], "b": ["x", "y", "x"], "n": [0, 4, 8]})
stack = np.column_stack([asked.a, asked.n, asked.a**2]).astype(np.float32)
expected = {"plain": plain.predict_proba(stack)[:, 1].tolist(),
            "pipeline": pipeline.predict_proba(asked)[:, 1].tolist()}
(HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
