#ifndef VITALS_TESTS_METRICS_GATHERED_H_
#define VITALS_TESTS_METRICS_GATHERED_H_

#include <string_view>

#include "vitals/metrics/registry.h"

VITALS_NAMESPACE_BEGIN
namespace testing {

/// What a registry has now, and one family of it. False where there is none.
class Gathered {
 public:
  Gathered(Registry& registry, std::string_view name) {
    registry.Gather(snapshot_);
    family_ = snapshot_.Find(name);
  }

  explicit operator bool() const { return family_ != nullptr; }
  const MetricFamily& operator*() const { return *family_; }
  const MetricFamily* operator->() const { return family_; }

 private:
  Snapshot snapshot_;
  const MetricFamily* family_ = nullptr;
};

}  // namespace testing
VITALS_NAMESPACE_END

#endif  // VITALS_TESTS_METRICS_GATHERED_H_
