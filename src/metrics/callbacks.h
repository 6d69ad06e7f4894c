#ifndef VITALS_SRC_METRICS_CALLBACKS_H_
#define VITALS_SRC_METRICS_CALLBACKS_H_

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "metrics/cells.h"
#include "metrics/collected.h"
#include "metrics/exclusive_call.h"
#include "vitals/base/config.h"
#include "vitals/metrics/callback.h"
#include "vitals/metrics/collector.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// One registered callback. `family` has its name, help, type and unit; the rest of it is empty.
struct Callback {
  CollectedFamily family;
  Labels labels;
  std::function<double()> function;
  ExclusiveCall call;
};

/// The callbacks of a registry, by name.
using CallbackList = std::vector<std::shared_ptr<Callback>>;

/// `list` with `added`, without those whose registration has ended. Null when `added` disagrees
/// with one of its name, or has that one's labels; that one is then `conflict`.
std::shared_ptr<const CallbackList> WithCallback(const CallbackList& list,
                                                 const std::shared_ptr<Callback>& added,
                                                 const Callback*& conflict)
    VITALS_REQUIRES(structure_mutex);

/// Whether one of `list` that has not ended has this name.
bool HasCallback(const CallbackList& list, std::string_view name) VITALS_REQUIRES(structure_mutex);

/// Calls all of `list` and appends what they return.
void CollectCallbacks(const CallbackList& list, std::chrono::nanoseconds timeout,
                      CollectedAppender& appender) VITALS_EXCLUDES(structure_mutex);

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_CALLBACKS_H_
