#include "metrics/label_schema.h"

#include <cstring>

#include "base/bytes.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {
namespace {

const std::uint64_t process_seed = base::RandomSeed();

// Whether `stored` is `value` escaped, without making that.
bool EqualsEscaped(std::string_view stored, std::string_view value) noexcept {
  std::size_t i = 0;
  for (const char c : value) {
    const bool escaped = c == '\\' || c == '"' || c == '\n';
    if (stored.size() - i < (escaped ? 2U : 1U)) return false;
    if (escaped && stored[i++] != '\\') return false;
    if (stored[i++] != (c == '\n' ? 'n' : c)) return false;
  }
  return i == stored.size();
}

}  // namespace

std::uint32_t HashLabelValues(std::span<const std::string_view> values) noexcept {
  std::uint64_t hash = process_seed;
  for (const std::string_view value : values) hash = base::HashBytes(value, hash);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

LabelSchema::LabelSchema(std::span<const std::string> names, std::uint32_t reported_count)
    : reported_count_(reported_count) {
  for (const std::string& name : names) {
    openings_.push_back((openings_.empty() ? "" : ",") + name + "=\"");
  }
}

bool LabelSchema::Matches(const Series& series,
                          std::span<const std::string_view> values) const noexcept {
  const char* cursor = series.text().data();
  const std::uint16_t* const sizes = series.value_sizes(reported_count_);
  for (std::size_t i = 0; i < openings_.size(); ++i) {
    cursor += openings_[i].size();
    const std::string_view stored(cursor, sizes[i]);
    const bool equal = series.has_escapes
                           ? EqualsEscaped(stored, values[i])
                           : stored.size() == values[i].size() &&
                                 base::EqualBytes(cursor, values[i].data(), stored.size());
    if (!equal) return false;
    cursor += stored.size() + 1;
  }
  return true;
}

Series* LabelSchema::Create(std::uint32_t hash, const SeriesRef& ref,
                            std::span<const std::string_view> values) const {
  std::string text;
  std::vector<std::uint16_t> sizes;
  for (std::size_t i = 0; i < openings_.size(); ++i) {
    text += openings_[i];
    const std::size_t start = text.size();
    AppendEscapedLabelValue(values[i], text);
    sizes.push_back(static_cast<std::uint16_t>(text.size() - start));
    text += '"';
  }
  return Series::Create(hash, ref, reported_count_, sizes, text);
}

}  // namespace metrics
VITALS_NAMESPACE_END
