#include "train/splits.h"

#include <algorithm>

#include "core/error.h"

namespace bakeoff {
namespace {

std::string of_split(int split) { return "folds, split " + std::to_string(split); }

// Ascending; DataError if a row is out of range or named twice, or if there is none.
std::vector<Index> sorted_rows(const RowList& list, Index rows, int split, const std::string& role) {
  std::vector<Index> out(list.rows, list.rows + list.count);
  if (!std::is_sorted(out.begin(), out.end())) std::sort(out.begin(), out.end());
  if (out.empty()) throw DataError(of_split(split) + ": expected at least one " + role + " row, got none");
  if (out.front() < 0 || out.back() >= rows)
    throw DataError(of_split(split) + ": expected " + role + " rows in [0, " + std::to_string(rows) + "), got " +
                    std::to_string(out.front() < 0 ? out.front() : out.back()));
  const auto twice = std::adjacent_find(out.begin(), out.end());
  if (twice != out.end())
    throw DataError(of_split(split) + ": names " + role + " row " + std::to_string(*twice) +
                    " twice; give such rows a weight instead");
  return out;
}

// Of ascending rows: those of [0, count) that they leave out.
std::vector<Index> complement(const std::vector<Index>& rows, Index count) {
  std::vector<Index> out;
  out.reserve(static_cast<std::size_t>(count) - rows.size());
  std::size_t next = 0;
  for (Index i = 0; i < count; ++i)
    if (next < rows.size() && rows[next] == i)
      ++next;
    else
      out.push_back(i);
  return out;
}

bool is_range(const std::vector<Index>& rows) {
  return rows.back() - rows.front() + 1 == static_cast<Index>(rows.size());
}

}  // namespace

Splits::Splits(const ArrayInput& input) {
  if (input.splits)
    from_rows(input);
  else if (input.folds)
    from_ids(input);
  if (rounds_.empty()) rounds_.emplace_back();
}

void Splits::from_ids(const ArrayInput& input) {
  const Index rows = input.rows();
  tests_.resize(static_cast<std::size_t>(input.fold_count));
  whole_.assign(tests_.size(), true);
  bool never = false;  // id -1: trained on by all, tested by none
  for (Index i = 0; i < rows; ++i) {
    const std::int32_t id = input.folds[i];
    if (id < -1 || id >= input.fold_count)
      throw DataError("folds, row " + std::to_string(i) + ": expected an id in [0, " +
                      std::to_string(input.fold_count) + "), or -1 for a row that is never tested, got " +
                      std::to_string(id));
    never |= id < 0;
    if (id >= 0) tests_[id].push_back(i);
  }
  for (int f = 0; f < input.fold_count; ++f)
    if (tests_[f].empty())
      throw DataError("folds: no row has the id " + std::to_string(f) + "; expected every id in [0, " +
                      std::to_string(input.fold_count) + ")");
  // A fold that holds all rows would be scored by a model that has seen them.
  if (input.fold_count == 1 && !never) throw DataError("folds: expected at least 2 different ids, got 1");
  Round& round = rounds_.emplace_back();
  round.folds = input.folds;
  round.fold_count = input.fold_count + (never ? 1 : 0);
  if (never) {
    round.own.assign(input.folds, input.folds + rows);
    std::replace(round.own.begin(), round.own.end(), std::int32_t{-1}, static_cast<std::int32_t>(input.fold_count));
    round.folds = round.own.data();
  }
  for (int f = 0; f < input.fold_count; ++f) round.parts.push_back({f, 0, rows, f});
}

void Splits::from_rows(const ArrayInput& input) {
  const Index rows = input.rows();
  const int count = static_cast<int>(input.splits->size());
  std::vector<int> times_left_out(static_cast<std::size_t>(rows), 0);
  for (int s = 0; s < count; ++s) {
    const Split& split = (*input.splits)[s];
    tests_.push_back(sorted_rows(split.test, rows, s, "test"));
    const std::vector<Index> left_out = complement(sorted_rows(split.train, rows, s, "training"), rows);
    whole_.push_back(left_out == tests_.back());
    for (Index i : left_out) ++times_left_out[i];
  }
  const bool disjoint = std::all_of(times_left_out.begin(), times_left_out.end(), [](int times) { return times <= 1; });
  for (int s = 0; s < count; ++s) {
    const std::vector<Index> train = sorted_rows((*input.splits)[s].train, rows, s, "training");
    if (!disjoint && is_range(train)) {
      if (rounds_.empty()) rounds_.emplace_back();
      rounds_.front().parts.push_back({s, train.front(), train.back() + 1, -1});
      whole_[s] = false;
    } else {
      place(s, complement(train, rows), rows);
    }
  }
  for (Round& round : rounds_) {
    if (round.own.empty()) continue;
    round.folds = round.own.data();
    if (std::find(round.own.begin(), round.own.end(), -1) == round.own.end()) continue;
    std::replace(round.own.begin(), round.own.end(), std::int32_t{-1}, static_cast<std::int32_t>(round.fold_count));
    ++round.fold_count;
  }
}

// Into the first round whose ids leave these rows free.
void Splits::place(int split, const std::vector<Index>& left_out, Index rows) {
  const auto free_in = [&](const Round& round) {
    return round.own.empty() ||
           std::all_of(left_out.begin(), left_out.end(), [&](Index i) { return round.own[i] < 0; });
  };
  auto round = std::find_if(rounds_.begin(), rounds_.end(), free_in);
  if (round == rounds_.end()) round = rounds_.insert(rounds_.end(), Round{});
  if (left_out.empty()) return round->parts.push_back({split, 0, rows, -1});
  if (round->own.empty()) {
    round->own.assign(static_cast<std::size_t>(rows), -1);
    round->fold_count = 0;
  }
  for (Index i : left_out) round->own[i] = round->fold_count;
  round->parts.push_back({split, 0, rows, round->fold_count++});
}

}  // namespace bakeoff
