#include "vitals/model/snapshot.h"

#include <algorithm>
#include <utility>

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

void Snapshot::Keep(const std::function<bool(const MetricFamily&)>& wanted) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    if (!wanted(families_[i])) continue;
    if (i != kept) std::swap(families_[i], families_[kept]);
    ++kept;
  }
  while (size_ > kept) DropLastFamily();
}

void Snapshot::SortByName() {
  std::stable_sort(families_.begin(), families_.begin() + static_cast<std::ptrdiff_t>(size_),
                   [](const MetricFamily& a, const MetricFamily& b) {
                     return a.description().name < b.description().name;
                   });
}

VITALS_NAMESPACE_END
