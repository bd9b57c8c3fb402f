// A trained model, whatever its family: what evaluation, export, the registry and prediction see.
#pragma once
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "core/execution.h"
#include "core/types.h"
#include "ingest/dataset.h"

namespace bakeoff {

class LinearModel;
class SoftmaxModel;

class Model {
 public:
  virtual ~Model() = default;
  virtual std::string family() const = 0;
  virtual Task task() const = 0;
  // One score a row: P(positive) for binary, the prediction for regression; of many classes row by row the probability
  // of each. float32, because that is what is exported.
  virtual std::vector<float> predict(const Execution& execution, const Dataset& data) const = 0;
  // Columns that predict() reads.
  virtual std::vector<std::string> columns() const = 0;
  // Names of the classes, where the task has many; their order is that of the scores.
  virtual std::vector<std::string> classes() const { return {}; }
  int outputs() const { return std::max(1, static_cast<int>(classes().size())); }  // scores of a row
  // For exporters: null unless the model is of that shape.
  virtual const LinearModel* linear() const { return nullptr; }
  virtual const SoftmaxModel* softmax() const { return nullptr; }
};

// intercept + sum of numeric terms + sum of categorical tables, then the link. Every value is a float32 exactly as
// exported. A numeric term is coefficient * (x - mean), 0 where x is missing; a categorical one looks its category up,
// "other" if it is not known. A time part (column.part in a zone) is a categorical over "0".."23", "0".."6" (Monday
// first) or "1".."12".
class LinearModel final : public Model {
 public:
  enum class Link : std::uint8_t { identity, logistic, log };  // log: the score is e^logit
  struct Numeric {
    std::string column;
    float mean = 0, coefficient = 0;
  };
  struct Categorical {
    std::string column;  // "origin", or "time_hour.hour" for a part of a time column
    std::vector<std::string> categories;
    std::vector<float> coefficients;  // as many
    float other = 0;                  // not known
    float missing = 0;
  };
  struct Parts {
    std::string family = "logistic";
    Task task = Task::binary;
    Link link = Link::logistic;
    std::string zone = "UTC";  // of time parts
    float intercept = 0;
    std::vector<Numeric> numeric;
    std::vector<Categorical> categorical;
  };

  explicit LinearModel(Parts parts) : parts_(std::move(parts)) {}
  const Parts& parts() const { return parts_; }
  std::string family() const override { return parts_.family; }
  Task task() const override { return parts_.task; }
  std::vector<float> predict(const Execution& execution, const Dataset& data) const override;
  // What predict() puts through the link.
  std::vector<double> logits(const Execution& execution, const Dataset& data) const;
  std::vector<std::string> columns() const override;
  const LinearModel* linear() const override { return this; }

 private:
  Parts parts_;
};

// A linear model a class; a row's probabilities are the softmax of what they say.
class SoftmaxModel final : public Model {
 public:
  // `logits`: one a class, over the same columns, categories and zone, with the identity as link.
  SoftmaxModel(std::vector<std::string> classes, std::vector<LinearModel> logits)
      : classes_(std::move(classes)), logits_(std::move(logits)) {}
  const std::vector<LinearModel>& logits() const { return logits_; }
  std::string family() const override { return logits_.front().family(); }
  Task task() const override { return Task::multiclass; }
  std::vector<float> predict(const Execution& execution, const Dataset& data) const override;
  std::vector<std::string> columns() const override { return logits_.front().columns(); }
  std::vector<std::string> classes() const override { return classes_; }
  const SoftmaxModel* softmax() const override { return this; }

 private:
  std::vector<std::string> classes_;
  std::vector<LinearModel> logits_;
};

}  // namespace bakeoff
