#ifndef VITALS_BRIDGE_GATHERER_COLLECTABLE_H_
#define VITALS_BRIDGE_GATHERER_COLLECTABLE_H_

#include <memory>
#include <vector>

#include "prometheus/collectable.h"
#include "prometheus/metric_family.h"
#include "vitals/base/config.h"
#include "vitals/metrics/gatherer.h"

VITALS_NAMESPACE_BEGIN
namespace bridge {

/// Shows what a Gatherer has wherever prometheus-cpp takes a Collectable: an Exposer, a Gateway.
/// Thread-safe.
///
///     auto collectable = std::make_shared<vitals::bridge::GathererCollectable>(registry);
///     exposer.RegisterCollectable(collectable);
///
/// An Exposer keeps a weak pointer: keep the collectable for as long as its page is wanted. The
/// collectable keeps the gatherer. A registry that something else owns is shared by the aliasing
/// constructor: `std::shared_ptr<vitals::Registry>(telemetry, &telemetry->registry())`.
///
/// The series are those of EncodeText(), with the same labels and values, but for what
/// prometheus-cpp has no place for:
///
/// - an Info and a StateSet are gauges, as in the text format;
/// - exemplars, units and the times at which series began are left out;
/// - all numbers are doubles, so counters above 2^53 are rounded, and the text serializer of
///   prometheus-cpp 1.0 writes 16 digits, one less than some doubles take;
/// - a timestamp of 0 means none;
/// - newlines in help texts become blanks, since that serializer does not escape them.
class VITALS_EXPORT GathererCollectable : public prometheus::Collectable {
 public:
  /// A null gatherer shows nothing.
  explicit GathererCollectable(std::shared_ptr<Gatherer> gatherer);

  /// Gathers and converts, in time and memory linear in the number of lines.
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::shared_ptr<Gatherer> gatherer_;
};

}  // namespace bridge
VITALS_NAMESPACE_END

#endif  // VITALS_BRIDGE_GATHERER_COLLECTABLE_H_
