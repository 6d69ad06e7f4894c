#ifndef VITALS_SRC_METRICS_FAMILY_REWRITER_H_
#define VITALS_SRC_METRICS_FAMILY_REWRITER_H_

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/metrics/gatherer_group.h"
#include "vitals/model/metric_family.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// Gives families a prefix and constant labels. Remembers what it made of the description at each
/// position of a snapshot, so that families that stay the same are not described anew. Not
/// thread-safe.
class FamilyRewriter {
 public:
  /// `options` must outlive the rewriter.
  explicit FamilyRewriter(const GathererOptions& options) : options_(options) {}

  /// Describes anew the family at this position. InvalidArgument, with the family untouched, when
  /// a constant label is there already.
  absl::Status Rewrite(std::size_t position, MetricFamily& family);

  /// Forgets what was at this position and above.
  void Truncate(std::size_t size);

 private:
  struct Entry {
    std::shared_ptr<const FamilyDescription> source;
    std::shared_ptr<const FamilyDescription> result;
  };

  absl::Status CheckLabels(const MetricFamily& family) const;
  std::shared_ptr<const FamilyDescription> Describe(const FamilyDescription& source) const;

  const GathererOptions& options_;
  std::vector<Entry> entries_;
};

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_FAMILY_REWRITER_H_
