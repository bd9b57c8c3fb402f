#include "budget.h"

#include "core/text.h"

namespace bakeoff {

Budget::Budget(const BudgetSpec& spec, Checkpoint& checkpoint, double spent)
    : checkpoint_(checkpoint), before_(spent + checkpoint.seconds_before()), start_(std::chrono::steady_clock::now()) {
  if (spec.time > 0) {
    limit_ = static_cast<double>(spec.time) / kSecond;
    text_ = "time " + format_period(spec.time);
  }
  if (!(spec.cost > 0)) return;
  const double affordable = spec.cost / spec.price_per_hour * 3600;
  if (affordable >= limit_) return;
  limit_ = affordable;
  text_ = "cost " + shortest(spec.cost) + " at " + shortest(spec.price_per_hour) + " an hour";
}

double Budget::spent() const {
  return before_ + std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

bool Budget::allows(const std::string& kind, int number, double seconds) {
  if (!limited() || number == 0) return true;
  const std::string question = "budget/" + kind + "/" + std::to_string(number);
  std::optional<std::string> answer = checkpoint_.find(question);
  if (!answer) {
    answer = spent() + seconds <= limit_ ? "yes" : "no";
    checkpoint_.keep(question, *answer, 0);
  }
  return *answer == "yes";
}

}  // namespace bakeoff
