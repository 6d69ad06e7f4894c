#ifndef VITALS_SRC_HEALTH_AGGREGATE_WATCHER_H_
#define VITALS_SRC_HEALTH_AGGREGATE_WATCHER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "health/component.h"
#include "vitals/base/config.h"
#include "vitals/model/health_report.h"

VITALS_NAMESPACE_BEGIN
namespace health {

/// Finds when components that share the beginning of their names change, taken together, and
/// publishes it. Not thread-safe.
class AggregateWatcher {
 public:
  /// Compares all components, by name, with how they were at the last call. What is new is only
  /// remembered.
  void Update(const std::vector<std::shared_ptr<Component>>& components, Environment& environment);

 private:
  std::map<std::string, HealthStatus, std::less<>> known_;
};

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_AGGREGATE_WATCHER_H_
