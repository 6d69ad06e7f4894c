#ifndef VITALS_MODEL_SNAPSHOT_H_
#define VITALS_MODEL_SNAPSHOT_H_

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/model/metric_family.h"

VITALS_NAMESPACE_BEGIN

/// What one Gather saw. Reuse one for many: its memory is kept, so that a warm Gather of the same
/// families allocates nothing. Not thread-safe; concurrent scrapes have their own.
///
/// A snapshot stays valid when series or the registry go away. While it holds series, a family that
/// changes has to copy its list of them once: Clear() it when done.
class VITALS_EXPORT Snapshot {
 public:
  /// The families, sorted by name. Several of one name are parts of one family, which have their
  /// type in common and no series: a page shows them under one header.
  std::span<const MetricFamily> families() const { return {families_.data(), size_}; }

  /// The same, for who moves families on or describes them anew. Names must stay sorted.
  std::span<MetricFamily> mutable_families() { return {families_.data(), size_}; }

  /// The first family of this name; null when there is none.
  const MetricFamily* Find(std::string_view name) const;

  /// What was left out, one text for each collector or family, with the reason.
  const std::vector<std::string>& errors() const { return errors_; }

  /// Lets go of all series and descriptions; keeps the memory of the columns.
  void Clear();

  /// Appends an empty family, for Gather to fill.
  MetricFamily& AddFamily();

  /// Takes back the last family added.
  void DropLastFamily();

  /// Drops the families for which `wanted` is false.
  void Keep(const std::function<bool(const MetricFamily&)>& wanted);

  /// Sorts the families by name, when all are added.
  void SortByName();

  /// Notes what was left out.
  void AddError(std::string error) { errors_.push_back(std::move(error)); }

 private:
  std::vector<MetricFamily> families_;  // the first size_ are in use, the others keep their memory
  std::size_t size_ = 0;
  std::vector<std::string> errors_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_MODEL_SNAPSHOT_H_
