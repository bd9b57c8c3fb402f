// What a caller can't continue from. Each text says what was expected, what came, and what to do.
#pragma once
#include <stdexcept>
#include <string>

namespace bakeoff {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
class SpecError : public Error {  // exit 2: the spec, an option or an argument is wrong
 public:
  using Error::Error;
};
class DataError : public Error {  // exit 3: names file, column and row
 public:
  using Error::Error;
};
class BudgetExceeded : public Error {
 public:
  using Error::Error;
};
class PromotionConflict : public Error {  // exit 5: the champion changed since it was evaluated
 public:
  using Error::Error;
};
class RetryableError : public Error {  // exit 138: out of memory, device lost, disk full
 public:
  using Error::Error;
};
class Interrupted : public Error {  // Ctrl-C or SIGTERM was seen between two pieces of work
 public:
  using Error::Error;
};

}  // namespace bakeoff
