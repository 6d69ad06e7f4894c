#ifndef VITALS_SRC_METRICS_COLLECTED_H_
#define VITALS_SRC_METRICS_COLLECTED_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "metrics/cells.h"
#include "metrics/exclusive_call.h"
#include "vitals/base/config.h"
#include "vitals/metrics/collector.h"
#include "vitals/model/snapshot.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// What is put behind a family's name for some of its lines: "_bucket", "_sum", "_count" or fewer.
std::span<const std::string_view> ShownSuffixes(MetricType type);

/// The names under which a family's lines stand on a page: its own, and those made from it.
std::vector<std::string> ShownNames(std::string_view family, MetricType type);

/// A collector of a registry: one that it owns, or one that somebody else does.
struct RegisteredCollector {
  const Collector* address = nullptr;  ///< to tell it from others
  std::shared_ptr<Collector> owned;
  std::weak_ptr<Collector> watched;
  ExclusiveCall call;

  bool IsGone() const { return owned == nullptr && watched.expired(); }

  /// The collector; null when it is gone.
  std::shared_ptr<Collector> Lock() const { return owned != nullptr ? owned : watched.lock(); }
};

/// What collectors did wrong: counted, and logged once for each text. Thread-safe.
class CollectorErrors {
 public:
  /// Notes an error on the snapshot, counts it, and logs it if it is new.
  void Report(std::string error, Snapshot& snapshot) VITALS_EXCLUDES(structure_mutex);

  std::uint64_t count() const VITALS_EXCLUDES(structure_mutex);

 private:
  std::uint64_t count_ VITALS_GUARDED_BY(structure_mutex) = 0;
  std::set<std::string> logged_ VITALS_GUARDED_BY(structure_mutex);
};

/// Appends what collectors find to a snapshot that has the registry's own families, leaving out
/// what breaks the data model or stands there already.
class CollectedAppender {
 public:
  /// `const_labels` are the registry's. All three must outlive the appender.
  CollectedAppender(const Labels& const_labels, CollectorErrors& errors, Snapshot& snapshot);

  /// Asks a collector and appends what it returns.
  void Collect(RegisteredCollector& collector, std::chrono::nanoseconds timeout);

  /// As Append(), and reports what cannot be.
  void AppendOrReport(const CollectedFamily& family);

  /// Notes that something was left out.
  void Report(std::string error) { errors_.Report(std::move(error), snapshot_); }

  /// Appends one family; InvalidArgument with the reason where that cannot be.
  absl::Status Append(const CollectedFamily& family);

 private:
  const Labels& const_labels_;
  CollectorErrors& errors_;
  Snapshot& snapshot_;
  std::set<std::string, std::less<>> shown_names_;
};

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_COLLECTED_H_
