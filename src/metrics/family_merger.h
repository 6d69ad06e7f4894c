#ifndef VITALS_SRC_METRICS_FAMILY_MERGER_H_
#define VITALS_SRC_METRICS_FAMILY_MERGER_H_

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "metrics/collected.h"
#include "vitals/base/config.h"
#include "vitals/model/metric_family.h"
#include "vitals/model/snapshot.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// Makes one page of families that come from several snapshots: sorts them, and leaves out what
/// does not fit what came earlier. Keeps its memory between pages. Not thread-safe.
class FamilyMerger {
 public:
  /// Begins a page.
  void Clear() { parts_.clear(); }

  /// Adds a family, which must stay where it is until Finish().
  void Add(MetricFamily& family) { parts_.push_back({&family, parts_.size()}); }

  /// Swaps the families that fit into `snapshot`, sorted, and reports the others. The places of a
  /// family here and there are the same for every page with the same families, so that their
  /// memory is found again.
  void Finish(CollectorErrors& errors, Snapshot& snapshot);

 private:
  struct Part {
    MetricFamily* family;
    std::size_t order;  // in which it was added
    bool is_left_out = false;

    std::string_view name() const { return family->description().name; }
  };
  using Parts = std::span<Part>;

  Parts PartsOf(std::string_view name, std::string_view suffix);
  void LeaveOutTakenNames(Parts parts, CollectorErrors& errors, Snapshot& snapshot);
  static void LeaveOutMisfits(Parts parts, CollectorErrors& errors, Snapshot& snapshot);

  template <typename Call>
  void ForEachName(const Call& call);

  std::vector<Part> parts_;
};

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_FAMILY_MERGER_H_
