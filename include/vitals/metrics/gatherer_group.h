#ifndef VITALS_METRICS_GATHERER_GROUP_H_
#define VITALS_METRICS_GATHERER_GROUP_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/metrics/gatherer.h"
#include "vitals/model/labels.h"
#include "vitals/model/snapshot.h"

VITALS_NAMESPACE_BEGIN

/// How a group shows one of its members.
struct GathererOptions {
  std::string prefix = {};   ///< stands before every family name, e.g. "worker_"; may be empty
  Labels const_labels = {};  ///< carried by every series, e.g. {{"shard", "3"}}
};

/// Several gatherers, such as the registries of a host and its plugins, gathered as one page.
/// Thread-safe.
///
///     vitals::GathererGroup group;
///     absl::Status status = group.Add(host_registry);
///     status.Update(group.Add(plugin_registry, {.prefix = "plugin_"}));
///
/// Families of one name become parts of one family when they have the same type and no series in
/// common; it shows the help text of the first. A family that does not fit what was added earlier
/// is left out, noted in Snapshot::errors() and logged: one of another type, one that repeats a
/// series, one whose name is taken by what a histogram or summary shows as `_bucket`, `_sum` and
/// `_count` (or the other way round), and one that has a constant label already.
///
/// A warm Gather costs what the members cost and a sort of the names. Series are compared only
/// where members share a name and no constant label tells them apart.
class VITALS_EXPORT GathererGroup : public Gatherer {
 public:
  GathererGroup();
  ~GathererGroup() override;
  GathererGroup(const GathererGroup&) = delete;
  GathererGroup& operator=(const GathererGroup&) = delete;

  /// Gathers this one from now on, after those added earlier, and keeps it alive. InvalidArgument
  /// for null, for a group that would contain itself, and for a prefix or label that the data model
  /// refuses; AlreadyExists for one that is a member with the same options.
  absl::Status Add(std::shared_ptr<Gatherer> gatherer, GathererOptions options = {});

  /// The same, without keeping it alive: it leaves the page when its last owner lets go of it.
  absl::Status AddWeak(const std::weak_ptr<Gatherer>& gatherer, GathererOptions options = {});

  /// Takes out every membership of this gatherer; whether there was one. A Gather that runs may
  /// still be asking it, and holds it until it is done.
  bool Remove(const Gatherer* gatherer);

  /// Gathers all members, one after the other, without any lock held. A member that throws is left
  /// out.
  void Gather(Snapshot& snapshot) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_GATHERER_GROUP_H_
