#include "vitals/model/snapshot.h"

#include <algorithm>

VITALS_NAMESPACE_BEGIN

const MetricFamily* Snapshot::Find(std::string_view name) const {
  for (const MetricFamily& family : families()) {
    if (family.description().name == name) return &family;
  }
  return nullptr;
}

void Snapshot::Clear() {
  for (MetricFamily& family : std::span(families_.data(), size_)) family.Clear();
  size_ = 0;
  errors_.clear();
}

MetricFamily& Snapshot::AddFamily() {
  if (size_ == families_.size()) families_.emplace_back();
  return families_[size_++];
}

void Snapshot::DropLastFamily() { families_[--size_].Clear(); }

void Snapshot::SortByName() {
  std::stable_sort(families_.begin(), families_.begin() + static_cast<std::ptrdiff_t>(size_),
                   [](const MetricFamily& a, const MetricFamily& b) {
                     return a.description().name < b.description().name;
                   });
}

VITALS_NAMESPACE_END
