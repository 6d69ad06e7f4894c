#ifndef VITALS_SRC_METRICS_REGISTRY_IMPL_H_
#define VITALS_SRC_METRICS_REGISTRY_IMPL_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/callbacks.h"
#include "metrics/cells.h"
#include "metrics/collected.h"
#include "metrics/family_core.h"
#include "vitals/base/config.h"
#include "vitals/metrics/registry.h"

VITALS_NAMESPACE_BEGIN

/// The families and collectors of a registry. structure_mutex guards them: what is locked at a
/// fork is then one lock, which the child takes over.
class Registry::Impl {
 public:
  explicit Impl(RegistryOptions options);
  ~Impl();

  absl::StatusOr<std::shared_ptr<metrics::FamilyCore>> Add(metrics::FamilySpec spec);
  bool RemoveFamily(std::string_view name);
  absl::StatusOr<CallbackRegistration> AddCallback(MetricType type, const FamilyOptions& options,
                                                   std::function<double()> function);
  absl::Status AddCollector(std::shared_ptr<metrics::RegisteredCollector> collector);
  bool RemoveCollector(const Collector* collector);
  void Gather(Snapshot& snapshot);
  void RunMaintenance();

 private:
  using FamilyMap = std::map<std::string, std::shared_ptr<metrics::FamilyCore>, std::less<>>;
  using FamilyList = std::vector<std::shared_ptr<metrics::FamilyCore>>;
  using CollectorList = std::vector<std::shared_ptr<metrics::RegisteredCollector>>;

  absl::Status Validate(const metrics::FamilySpec& spec) const;
  Labels WithConstLabels(const Labels& labels) const;
  const metrics::FamilyCore* FindConflict(const FamilyDescription& description) const
      VITALS_REQUIRES(metrics::structure_mutex);
  void PublishFamilies() VITALS_REQUIRES(metrics::structure_mutex);

  const RegistryOptions options_;
  const std::shared_ptr<const Clock> clock_;

  FamilyMap families_ VITALS_GUARDED_BY(metrics::structure_mutex);
  // Which family shows a name: a histogram shows four.
  FamilyMap shown_names_ VITALS_GUARDED_BY(metrics::structure_mutex);
  // What Gather walks without the lock: replaced, never changed.
  std::shared_ptr<const FamilyList> family_list_ VITALS_GUARDED_BY(metrics::structure_mutex);
  std::shared_ptr<const CollectorList> collectors_ VITALS_GUARDED_BY(metrics::structure_mutex);

  std::shared_ptr<const metrics::CallbackList> callbacks_
      VITALS_GUARDED_BY(metrics::structure_mutex);

  metrics::CollectorErrors collector_errors_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_REGISTRY_IMPL_H_
