#include "metrics/series.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

VITALS_NAMESPACE_BEGIN
namespace metrics {

Series* Series::Create(std::uint32_t hash, const SeriesRef& ref, std::uint32_t reported_count,
                       std::span<const std::uint16_t> value_sizes, std::string_view text) {
  const std::size_t text_offset =
      sizeof(Series) + reported_count * sizeof(double) + value_sizes.size_bytes();
  void* const memory = ::operator new(text_offset + text.size());
  auto* const series = new (memory) Series;
  series->text_size = static_cast<std::uint32_t>(text.size());
  series->text_offset = static_cast<std::uint16_t>(text_offset);
  series->has_escapes = text.find('\\') != std::string_view::npos;
  series->hash = hash;
  series->ref = ref;
  std::uninitialized_fill_n(series->reported(), reported_count, 0.0);
  char* const bytes = static_cast<char*>(memory);
  if (!value_sizes.empty()) {
    std::memcpy(bytes + text_offset - value_sizes.size_bytes(), value_sizes.data(),
                value_sizes.size_bytes());
  }
  std::copy(text.begin(), text.end(), bytes + text_offset);
  return series;
}

void Series::Release() noexcept {
  // Release for what this owner read, acquire for whoever frees.
  if (references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    this->~Series();
    ::operator delete(this);
  }
}

FamilySeries::FamilySeries(const FamilySeries& other) : SeriesList(), blocks_(other.blocks_) {
  for (std::size_t i = 0; i < size(); ++i) (*this)[i].AddReference();
}

FamilySeries::~FamilySeries() {
  for (std::size_t i = 0; i < size(); ++i) (*this)[i].Release();
}

Series& FamilySeries::operator[](std::size_t index) const noexcept {
  // The list holds blocks as const for its readers; all of them are series that the family made.
  return const_cast<Series&>(static_cast<const Series&>(*blocks_[index]));
}

void FamilySeries::Add(Series& series) {
  blocks_.push_back(&series);
  series.position = static_cast<std::uint32_t>(blocks_.size() - 1);
  series.AddReference();
}

void FamilySeries::Remove(Series& series) noexcept {
  const std::uint32_t position = series.position;
  (*this)[size() - 1].position = position;
  blocks_[position] = blocks_.back();
  blocks_.pop_back();
  series.Release();
}

}  // namespace metrics
VITALS_NAMESPACE_END
