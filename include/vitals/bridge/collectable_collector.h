#ifndef VITALS_BRIDGE_COLLECTABLE_COLLECTOR_H_
#define VITALS_BRIDGE_COLLECTABLE_COLLECTOR_H_

#include <memory>
#include <vector>

#include "prometheus/collectable.h"
#include "vitals/base/config.h"
#include "vitals/metrics/collector.h"

VITALS_NAMESPACE_BEGIN
namespace bridge {

/// Brings a prometheus::Collectable, such as a prometheus::Registry, into a vitals::Registry and
/// so into its pages.
///
///     auto status = registry.AddCollector(
///         std::make_shared<vitals::bridge::CollectableCollector>(prometheus_registry));
///
/// The collectable is not kept alive, as an Exposer does not keep it: when its last owner lets go
/// of it, its series leave the page. While it is being asked it stays alive.
///
/// Families of one name and type are put together, empty ones are left out. A histogram's `_count`
/// is its +Inf bucket; without such a bucket, its sample count, or its last bucket where that is
/// higher. A timestamp of 0 is none.
///
/// What the data model refuses is left out of the page, counted and logged by the registry, as that
/// of any collector: a family with a bad or repeated name or label, with text that is not UTF-8, a
/// series twice, counts that fall, or more buckets than Bounds::kMaxCount. So is a collectable that
/// throws. Where two collectables have families of one name, which an Exposer shows one after the
/// other, give each a registry and gather both as a group.
class VITALS_EXPORT CollectableCollector : public Collector {
 public:
  /// `collectable` may be empty, and shows nothing then.
  explicit CollectableCollector(std::weak_ptr<const prometheus::Collectable> collectable);

  /// Asks and converts, in time and memory linear in the number of lines. Throws what the
  /// collectable throws; the registry catches it.
  std::vector<CollectedFamily> Collect() override;

 private:
  std::weak_ptr<const prometheus::Collectable> collectable_;
};

}  // namespace bridge
VITALS_NAMESPACE_END

#endif  // VITALS_BRIDGE_COLLECTABLE_COLLECTOR_H_
