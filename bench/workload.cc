#include "bench/workload.h"

#include <cmath>
#include <random>

namespace bench {

const std::vector<double>& RandomDurations() {
  static const std::vector<double> durations = [] {
    std::mt19937_64 random(20'240'229);
    std::lognormal_distribution<double> distribution(std::log(0.02), 2.0);
    std::vector<double> values(kSampleCount);
    for (double& value : values) value = distribution(random);
    return values;
  }();
  return durations;
}

const std::vector<double>& DurationBounds() {
  static const std::vector<double> bounds = {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                             0.01,    0.025,  0.05,    0.1,    0.25,  0.5,    1,
                                             2.5,     5,      10,      25,     50,    100};
  return bounds;
}

std::vector<std::uint16_t> RandomIds(std::uint16_t limit) {
  std::mt19937_64 random(20'240'301);
  std::uniform_int_distribution<std::uint16_t> distribution(0,
                                                            static_cast<std::uint16_t>(limit - 1));
  std::vector<std::uint16_t> ids(kSampleCount);
  for (std::uint16_t& id : ids) id = distribution(random);
  return ids;
}

LabelValues MakeLabelValues(std::size_t index) {
  static constexpr std::array<const char*, 5> kOperations = {"invoke", "receive", "checkpoint",
                                                             "restore", "terminate"};
  static constexpr std::array<const char*, 4> kStatuses = {"completed", "failed", "timeout",
                                                           "rejected"};
  const std::size_t worker = index / (kOperations.size() * kStatuses.size());
  return {"worker-" + std::to_string(10 + worker),
          kOperations[index / kStatuses.size() % kOperations.size()],
          kStatuses[index % kStatuses.size()]};
}

}  // namespace bench
