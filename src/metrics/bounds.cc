#include "vitals/metrics/bounds.h"

#include <algorithm>
#include <cmath>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace {

// Enough for Validate() to refuse, without making what was asked for.
std::size_t Bounded(std::size_t count) { return std::min(count, Bounds::kMaxCount + 1); }

}  // namespace

Bounds Bounds::Linear(double start, double width, std::size_t count) {
  std::vector<double> bounds;
  for (std::size_t i = 0; i < Bounded(count); ++i) {
    bounds.push_back(start + width * static_cast<double>(i));
  }
  return Bounds(std::move(bounds));
}

Bounds Bounds::Exponential(double start, double factor, std::size_t count) {
  std::vector<double> bounds;
  for (double bound = start; bounds.size() < Bounded(count); bound *= factor) {
    bounds.push_back(bound);
  }
  return Bounds(std::move(bounds));
}

Bounds Bounds::RequestSeconds() {
  return {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

Bounds Bounds::JobSeconds() { return Exponential(1, 2, 12); }

Bounds Bounds::EnvoyMilliseconds() {
  return {0.5,  1,    5,     10,    25,    50,     100,    250,     500,    1000,
          2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000};
}

absl::Status Bounds::Validate() const {
  std::size_t count = bounds_.size();
  if (count > 0 && std::isinf(bounds_.back()) && bounds_.back() > 0) --count;
  if (count == 0) {
    return absl::InvalidArgumentError("bounds are empty: give at least one besides +Inf");
  }
  if (count > kMaxCount) {
    return absl::InvalidArgumentError(
        fmt::format("bounds are more than {}: give fewer", kMaxCount));
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (!std::isfinite(bounds_[i])) {
      return absl::InvalidArgumentError(fmt::format(
          "bound {} is {}: only finite bounds, and +Inf at the end", i + 1, bounds_[i]));
    }
    if (i > 0 && bounds_[i] <= bounds_[i - 1]) {
      return absl::InvalidArgumentError(
          fmt::format("bound {} ({}) is not above bound {} ({}): give them in rising order", i + 1,
                      bounds_[i], i, bounds_[i - 1]));
    }
  }
  return absl::OkStatus();
}

VITALS_NAMESPACE_END
