#!/usr/bin/env bash
# bench/peers/record_all.sh [NAME...]: the comparisons of this folder that need no GPU, or those that are named, one after
# the other, on an idle machine; some 20 minutes. Peers live in one virtual environment each, $PEERS/<requirements>,
# made by the first call: they want different versions of what they share.
set -euo pipefail
cd "$(dirname "$0")/../.."
peers=${PEERS:-build/peers}
python() {  # python REQUIREMENTS: the interpreter that has them
  local place=$peers/$1
  if [ ! -e "$place/.ready" ]; then
    python3 -m venv "$place"
    "$place/bin/python" -m pip install -q -r "bench/peers/requirements/$1.txt" numpy pyarrow==26.0.1 >&2
    touch "$place/.ready"
  fi
  echo "$place/bin/python"
}
record() {  # record NAME REQUIREMENTS SCRIPT [ARGUMENTS]
  local name=$1 requirements=$2
  shift 2
  if [ ${#wanted[@]} -gt 0 ] && [[ " ${wanted[*]} " != *" $name "* ]]; then return 0; fi
  local interpreter=.venv/bin/python
  [ "$requirements" = - ] || interpreter=$(python "$requirements")
  NAME=$name PYTHON=$interpreter bench/peers/record.sh "$@"
}
wanted=("$@")
record auc - auc
record auc_torch auc_torch auc_torch
BAKEOFF_ISA=v3 record auc_avx2 - auc
BAKEOFF_ISA=v3 record auc_torch_avx2 auc_torch auc_torch
record auc_many - auc_many 1000000 64 1000
record metrics - metrics
record delong delong delong
record slices slices slices
record ranking ranking ranking
if [ ${#wanted[@]} -eq 0 ] || [[ " ${wanted[*]} " == *" drift "* ]]; then
  drift=()
  for peer in evidently nannyml alibi; do drift+=("$peer=$(python "drift_$peer")"); done
  record drift - drift "${drift[@]}"
fi
record ridge - ridge
record ridge_wide - ridge 20000 500
record softmax - softmax 20000 3
record logistic_float32 - logistic 50000 200 30 float32 5
record logistic_float64 - logistic 50000 200 30 float64 5
record elastic_net elastic_net elastic_net
record sparse - sparse
record search search search
